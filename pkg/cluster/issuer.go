package cluster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

const (
	whatIssuer = "the issuer of service-account tokens"
	whatKeys   = "the keys of the issuer of service-account tokens"
)

// issuer reads what every API server serves of its issuer (Kubernetes KEP-1393), for those
// that the ClusterRole system:service-account-issuer-discovery is bound to.
func (r *reader) issuer() error {
	text, err := r.kube.raw(r.ctx, "/.well-known/openid-configuration")
	if err != nil {
		return r.excuse(err, whatIssuer, "the API server does not serve it")
	}
	var discovery struct {
		Issuer string `json:"issuer"`
	}
	if json.Unmarshal(text, &discovery) != nil || discovery.Issuer == "" {
		r.note(whatIssuer, "the API server does not name it")
		return nil //nolint:nilerr // what it serves instead is no help to anybody
	}
	r.facts.Issuer = discovery.Issuer
	return r.keys()
}

func (r *reader) keys() error {
	text, err := r.kube.raw(r.ctx, "/openid/v1/jwks")
	if err != nil {
		return r.excuse(err, whatKeys, "the API server does not serve them")
	}
	if r.facts.JWKS, err = canonicalKeys(text); err != nil {
		r.note(whatKeys, err.Error())
	}
	return nil
}

// canonicalKeys writes a JSON Web Key Set in one way, whatever the order in which an API
// server lists its keys and their members.
func canonicalKeys(text []byte) (string, error) {
	var set struct {
		Keys []map[string]json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil || len(set.Keys) == 0 {
		return "", errors.New("what the API server serves is no set of keys")
	}
	keys := make([]json.RawMessage, len(set.Keys))
	for i, key := range set.Keys {
		// RFC 7518: the private exponent, and the value of a symmetric key.
		if key["d"] != nil || key["k"] != nil {
			return "", errors.New("the API server serves a private key")
		}
		encoded, err := json.Marshal(key)
		if err != nil {
			return "", fmt.Errorf("encode key %d: %w", i, err)
		}
		keys[i] = encoded
	}
	slices.SortFunc(keys, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	canonical, err := json.Marshal(map[string]any{"keys": keys})
	return string(canonical), err
}
