package kubeconfig

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// checkTokenShape recognizes what users store instead of a token: other encodings of it, placeholders, and credentials
// of other systems. Its errors do not contain the content.
func checkTokenShape(text string) error {
	if strings.HasPrefix(text, "{{") { // a placeholder of a template
		return nil
	}
	switch {
	case text[0] == '{':
		return hint.New("store only the token: of a TokenRequest, jq -r .status.token; of a Secret, jq -r '.data.token | "+
			"@base64d'",
			"it is JSON, not a token")
	case startsWithAny(text, "-----BEGIN "):
		return hint.New("store only the token; for client certificates, kubectl mesh credentials request creates the files",
			"it is PEM, not a token")
	case startsWithAny(text, "apiVersion:", "kind:", "token:", "data:", "users:", "---"):
		return hint.New("store only the token, without the key in front of it", "it is YAML, not a token")
	case text[0] == '"' || text[0] == '\'':
		return hint.New("store it without quotes: jq -r instead of jq, or -o jsonpath={...} without quotes in it",
			"it is in quotes")
	case startsLikeHeader(text):
		return hint.New("store the text after Bearer", "it is a header, not a token")
	case startsWithAny(text, "Error from server", "error:", "Unable to connect"),
		slices.Contains([]string{"null", "<no value>", "<none>", "<nil>"}, text):
		return errors.New("it is a command's message instead of a token")
	case startsWithAny(text, "$", "<") || slices.Contains([]string{"REPLACE_ME", "CHANGEME", "TODO", "xxx"}, text):
		return errors.New("it is a placeholder, not a token")
	case startsWithAny(text, "k8s-aws-v1.", "ya29.", "kubeconfig-", "ghp_", "glpat-", "dop_v1_"):
		return errors.New("it is the login of a user or another service, not a ServiceAccount token")
	case isEncodedJWT(text):
		return hint.New("decode it once: base64 -d", "it is a base64-encoded token, as in a Secret")
	case strings.HasPrefix(text, "eyJ"):
		return checkJWT(text)
	}
	return nil
}

// startsLikeHeader knows the header in any letter case, as HTTP does.
func startsLikeHeader(text string) bool {
	const longest = len("authorization:")
	return startsWithAny(strings.ToLower(text[:min(len(text), longest)]), "bearer ", "authorization:")
}

func startsWithAny(text string, beginnings ...string) bool {
	return slices.ContainsFunc(beginnings, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// isEncodedJWT reports whether the text is a base64-encoded JSON Web Token, encoded once or several times, with or
// without line breaks.
func isEncodedJWT(text string) bool {
	if !startsWithAny(text, "ZXlK", "Wlhs", "V2xo") { // the base64 of eyJ, encoded once to three times
		return false
	}
	joined := strings.Join(strings.Fields(text), "")
	for range 3 {
		decoded := decodeBase64(joined)
		if strings.HasPrefix(decoded, "eyJ") && strings.Count(decoded, ".") == 2 {
			return true
		}
		joined = strings.TrimSpace(decoded)
	}
	return false
}

func decodeBase64(text string) string {
	for _, encoding := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding,
		base64.URLEncoding, base64.RawURLEncoding,
	} {
		if decoded, err := encoding.DecodeString(text); err == nil {
			return string(decoded)
		}
	}
	return ""
}

// checkJWT checks what starts like a JSON Web Token (RFC 7519): three parts of base64url, the first two of them JSON.
func checkJWT(text string) error {
	parts := strings.Split(text, ".")
	switch {
	case len(parts) > 3 && strings.Count(text, "eyJ") > 2:
		return hint.New("store only the declared reader's token", "it is more than one token")
	case strings.ContainsAny(text, " \t\r\n"):
		return nil // checkToken reports the position
	case len(parts) != 3:
		return errors.New("it is an incomplete token")
	}
	for i, part := range parts {
		decoded, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || i < 2 && !json.Valid(decoded) {
			return errors.New("it is a damaged token")
		}
	}
	return nil
}
