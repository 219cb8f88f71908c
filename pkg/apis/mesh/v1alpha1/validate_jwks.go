package v1alpha1

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/jwks"
)

// validateJWKS accepts public keys only. Its errors never repeat the value, which can be a private key by mistake.
func validateJWKS(path *field.Path, text string) []Problem {
	if text == "" {
		return nil
	}
	if detail := checkJWKS(text); detail != "" {
		return []Problem{invalid(path, field.OmitValueType{}, detail,
			"copy the output of: kubectl get --raw /openid/v1/jwks")}
	}
	return nil
}

// checkJWKS returns the problem of a key set, or nothing.
func checkJWKS(text string) string {
	if _, err := jwks.Parse([]byte(text)); err != nil {
		return err.Error()
	}
	return ""
}
