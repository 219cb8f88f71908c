package kubeconfig_test

import (
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
		"ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKemRXSWlPaUo0SW4wLmFiYw==\n": "it is the base64 of a token, as Secrets hold it",
		"ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKemRXSWlPaUo0SW4wLmFiYw":     "it is the base64 of a token, as Secrets hold it",
		`"` + jwt + `"`: "it is in quotes",
		"'" + jwt + "'": "it is in quotes",
		`{"kind":"TokenRequest","status":{"token":"` + jwt + `"}}`: "it is JSON, and no token",
		"{\n  \"token\": \"" + jwt + "\"\n}\n":                     "it is JSON, and no token",
		"token: " + jwt:                                            "it is YAML, and no token",
		"apiVersion: v1\nkind: Config\n":                           "it is YAML, and no token",
		"bearer " + jwt:                                            "it is a header, and no token",
	} {
		_, err := kubeconfig.ParseToken([]byte(text))
		switch {
		case want == "" && err != nil, want != "" && (err == nil || err.Error() != "parse token: "+want):
			t.Errorf("%.12q: got %v, want %q", text, err, want)
		case want != "" && (len(hint.Of(err)) != 1 || strings.Contains(hint.Of(err)[0], "eyJ")):
			t.Errorf("%.12q: remedies %q", text, hint.Of(err))
		}
	}
}
