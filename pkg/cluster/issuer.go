package cluster

import (
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/jwks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

const (
	whatIssuer = "the issuer of service-account tokens"
	whatKeys   = "the keys of the issuer of service-account tokens"
)

// issuer reads the issuer's documents, which every API server serves (Kubernetes KEP-1393) to the subjects of
// ClusterRole system:service-account-issuer-discovery.
func (r *reader) issuer() error {
	text, err := r.kube.raw(r.ctx, "/.well-known/openid-configuration")
	if err != nil {
		return r.excuse(err, whatIssuer, "the API server does not serve it")
	}
	var discovery struct {
		Issuer string `json:"issuer"`
	}
	if strict.JSON(text, &discovery, strict.AllowUnknownFields) != nil || discovery.Issuer == "" {
		r.note(whatIssuer, "the API server does not report it")
		return nil //nolint:nilerr // what it serves instead is no help
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

// canonicalKeys encodes a JSON Web Key Set independently of the order in which an API server lists keys and members.
func canonicalKeys(text []byte) (string, error) {
	set, err := jwks.Parse(text)
	switch {
	case errors.Is(err, jwks.ErrPrivate):
		return "", errors.New("the API server serves a private key")
	case errors.Is(err, jwks.ErrNoSet):
		return "", errors.New("the API server's response is not a key set")
	case err != nil:
		return "", fmt.Errorf("the API server's key set %w", err)
	}
	return set.String(), nil
}
