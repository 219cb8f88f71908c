package kubeconfig

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// Claims is what a JSON Web Token says of itself (RFC 7519 section 4.1). Nothing has verified
// it: good for showing and for planning, never for trust. The strings are as the token has
// them, with whatever characters: print them quoted.
//
// The token of a service-account token Secret has Issuer "kubernetes/serviceaccount" and no
// times; every service-account token has Subject "system:serviceaccount:NAMESPACE:NAME".
type Claims struct {
	Issuer   string
	Subject  string
	Audience []string
	IssuedAt time.Time // UTC, whole seconds; zero: not said
	Expiry   time.Time // UTC, whole seconds; zero: never
	// Secret is the one that the token came out of, or that it is bound to (KEP-1205): the token ends
	// with it. Empty: not said.
	Secret string
}

// Claims decodes the payload of the token without verifying its signature; false when the
// token is not a JWT or has a claim of the wrong type.
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

// object is a JSON object as an API server reads it: by exact names, each of which comes once.
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

// secret is where Kubernetes writes the name of a token's Secret (pkg/serviceaccount/legacy.go and
// claims.go). What others write there is theirs.
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

// member is one value of o; the zero value when it is absent or null.
func member[T any](o object, key string) (T, error) {
	var v T
	if raw, ok := o[key]; ok {
		if err := strict.JSON(raw, &v, strict.AllowUnknownFields); err != nil {
			return v, err
		}
	}
	return v, nil
}

// audience is one string or a list of them (RFC 7519 section 4.1.3).
func (o object) audience() ([]string, error) {
	one, err := member[*string](o, "aud")
	if err != nil || one == nil {
		return member[[]string](o, "aud")
	}
	return []string{*one}, nil
}

// date reads seconds since 1970, which may have a fraction (RFC 7519 section 2, NumericDate).
func (o object) date(key string) (time.Time, error) {
	const year10000 = 253402300800 // RFC 3339, hence time.Time's JSON, ends here
	seconds, err := member[*float64](o, key)
	if err != nil || seconds == nil {
		return time.Time{}, err
	}
	if *seconds < 0 || *seconds >= year10000 {
		return time.Time{}, errors.New("date out of range")
	}
	return time.Unix(int64(*seconds), 0).UTC(), nil
}
