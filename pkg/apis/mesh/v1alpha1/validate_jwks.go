package v1alpha1

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxJWKS is far more than the keys of an issuer take: an API server has two or three.
const maxJWKS = 64 << 10

// validateJWKS takes public keys only. Its errors never show the value: a private key may
// stand in it by mistake.
func validateJWKS(path *field.Path, text string) []Problem {
	if text == "" {
		return nil
	}
	if detail := checkJWKS(text); detail != "" {
		return []Problem{invalid(path, field.OmitValueType{}, detail,
			"copy what this prints: kubectl get --raw /openid/v1/jwks")}
	}
	return nil
}

// checkJWKS says what is wrong with a key set (RFC 7517 section 5), or nothing.
func checkJWKS(text string) string {
	var set struct {
		Keys []map[string]json.RawMessage `json:"keys"`
	}
	if len(text) > maxJWKS {
		return fmt.Sprintf("must not be larger than %d KiB", maxJWKS>>10)
	}
	if err := json.Unmarshal([]byte(text), &set); err != nil || len(set.Keys) == 0 {
		return `must be a JSON Web Key Set with at least one key: {"keys": [...]}`
	}
	for i, key := range set.Keys {
		if _, ok := key["kty"]; !ok {
			return fmt.Sprintf("must hold keys with a type: keys[%d] has no kty", i)
		}
		for _, member := range privateMembers() {
			if _, ok := key[member]; ok {
				return fmt.Sprintf("must hold public keys only: keys[%d] has %s, which is a part of a private key", i, member)
			}
		}
	}
	return ""
}

// privateMembers are the parts of a JSON Web Key that nobody but its owner may know (RFC 7518
// sections 6.2.2, 6.3.2 and 6.4.1).
func privateMembers() []string { return []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} }
