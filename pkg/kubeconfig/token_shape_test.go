package kubeconfig_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// TestTokenShapes: what holds a token and is none, as people store it, and what is one though it looks odd.
func TestTokenShapes(t *testing.T) {
	const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc"
	for text, want := range map[string]string{
		jwt:                  "",
		"some-opaque-token=": "",
		"{{.token}}":         "",
		"ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKemRXSWlPaUo0SW4wLmFiYw==\n": "it is a base64-encoded token, as in a Secret",
		"ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKemRXSWlPaUo0SW4wLmFiYw":     "it is a base64-encoded token, as in a Secret",
		`"` + jwt + `"`: "it is in quotes",
		"'" + jwt + "'": "it is in quotes",
		`{"kind":"TokenRequest","status":{"token":"` + jwt + `"}}`: "it is JSON, not a token",
		"{\n  \"token\": \"" + jwt + "\"\n}\n":                     "it is JSON, not a token",
		"token: " + jwt:                                            "it is YAML, not a token",
		"apiVersion: v1\nkind: Config\n":                           "it is YAML, not a token",
		"bearer " + jwt:                                            "it is a header, not a token",
		"Authorization: Bearer " + jwt:                             "it is a header, not a token",
		"-----BEGIN CERTIFICATE-----\n":                            "it is PEM, not a token",
		"Error from server (NotFound): secrets \"x\" not found":    "it is a command's message instead of a token",
		"null":                                 "it is a command's message instead of a token",
		"<no value>":                           "it is a command's message instead of a token",
		"$(TOKEN)":                             "it is a placeholder, not a token",
		"<token>":                              "it is a placeholder, not a token",
		"REPLACE_ME":                           "it is a placeholder, not a token",
		"kubeconfig-u-abc:0123456789":          "it is the login of a user or another service, not a ServiceAccount token",
		"k8s-aws-v1.aHR0cHM6":                  "it is the login of a user or another service, not a ServiceAccount token",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0": "it is an incomplete token",
		jwt + "%":                              "it is a damaged token",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In.abc": "it is a damaged token",
		jwt + "\n" + jwt:           "it is more than one token",
		jwt + jwt:                  "it is more than one token",
		jwt[:20] + "\n" + jwt[20:]: "byte 20 is white space",
		"WlhsS2FHSkhZMmxQYVVwSlZYcEpNVTVwU2prLmV5SnpkV0lpT2lKNEluMC5hYmM=": "",
		wrapped(jwt): "it is a base64-encoded token, as in a Secret",
		twice(jwt):   "it is a base64-encoded token, as in a Secret",
	} {
		_, err := kubeconfig.ParseToken([]byte(text))
		switch {
		case want == "" && err != nil, want != "" && (err == nil || err.Error() != "parse token: "+want):
			t.Errorf("%.12q: got %v, want %q", text, err, want)
		case want != "" && strings.Contains(strings.Join(hint.Of(err), " "), "eyJ"):
			t.Errorf("%.12q: remedies %q", text, hint.Of(err))
		case want != "" && !errors.Is(err, kubeconfig.ErrToken):
			t.Errorf("%.12q: %v is no ErrToken", text, err)
		}
	}
}

// wrapped is base64 as the program of that name prints it, on lines.
func wrapped(text string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	return encoded[:20] + "\n" + encoded[20:] + "\n"
}

func twice(text string) string {
	return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(text)) + "\n"))
}
