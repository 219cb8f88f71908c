package kubeconfig

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// Claims are the claims of a JSON Web Token (RFC 7519 section 4.1). They are not verified: display them or plan with
// them, but never trust them. Strings can contain any characters: quote them when printing.
//
// The token of a service-account token Secret has Issuer "kubernetes/serviceaccount" and no times; every
// service-account token has Subject "system:serviceaccount:NAMESPACE:NAME".
type Claims struct {
	Issuer   string
	Subject  string
	Audience []string
	IssuedAt time.Time // UTC, whole seconds; zero if absent
	Expiry   time.Time // UTC, whole seconds; zero if the token never expires
	// Secret that stores the token, or that it is bound to (KEP-1205): deleting the Secret invalidates the token. Empty if
	// the token names none.
	Secret string
}

// Claims decodes the token's payload without verifying its signature. It returns false if the token is not a JWT or a
// claim has the wrong type.
func (t Token) Claims() (Claims, bool) {
	parts := strings.Split(t.Reveal(), ".")
	if len(parts) != 3 {
		return Claims{}, false
	}
	if _, err := decodeObject(parts[0]); err != nil {
		return Claims{}, false
	}
	payload, err := decodeObject(parts[1])
	if err != nil {
		return Claims{}, false
	}
	c, err := payload.claims()
	return c, err == nil
}

// object is a JSON object as an API server decodes it: case-sensitive, without duplicate names.
type object map[string]json.RawMessage

func decodeObject(part string) (object, error) {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, err
	}
	var o object
	if err := strict.JSON(data, &o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, errors.New("null is not an object")
	}
	return o, nil
}

func (o object) claims() (Claims, error) {
	var c Claims
	var errs [5]error
	c.Issuer, errs[0] = member[string](o, "iss")
	c.Subject, errs[1] = member[string](o, "sub")
	c.Audience, errs[2] = o.audience()
	c.IssuedAt, errs[3] = o.date("iat")
	c.Expiry, errs[4] = o.date("exp")
	c.Secret = o.secret()
	return c, errors.Join(errs[:]...)
}

// secret returns the Secret name that Kubernetes puts into a token (pkg/serviceaccount/legacy.go and claims.go). Other
// issuers may use the same claim for something else.
func (o object) secret() string {
	if name, err := member[string](o, "kubernetes.io/serviceaccount/secret.name"); err == nil && name != "" {
		return name
	}
	private, err := member[struct {
		Secret struct {
			Name string `json:"name"`
		} `json:"secret"`
	}](o, "kubernetes.io")
	if err != nil {
		return ""
	}
	return private.Secret.Name
}

// member returns a member of o; the zero value if it is absent or null.
func member[T any](o object, key string) (T, error) {
	var v T
	if raw, ok := o[key]; ok {
		if err := strict.JSON(raw, &v, strict.AllowUnknownFields); err != nil {
			return v, err
		}
	}
	return v, nil
}

// audience accepts one string or a list (RFC 7519 section 4.1.3).
func (o object) audience() ([]string, error) {
	one, err := member[*string](o, "aud")
	if err != nil || one == nil {
		return member[[]string](o, "aud")
	}
	return []string{*one}, nil
}

// date reads seconds since 1970, possibly with a fraction (RFC 7519 section 2, NumericDate).
func (o object) date(key string) (time.Time, error) {
	const year10000 = 253402300800 // RFC 3339, and therefore time.Time's JSON, supports no later year
	seconds, err := member[*float64](o, key)
	if err != nil || seconds == nil {
		return time.Time{}, err
	}
	if *seconds < 0 || *seconds >= year10000 {
		return time.Time{}, errors.New("date out of range")
	}
	return time.Unix(int64(*seconds), 0).UTC(), nil
}
