package kubeconfig

import (
	"bytes"
	"encoding/base64"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// checkTokenShape refuses what holds a token and is none: as a bearer token it would be refused, with Unauthorized.
func checkTokenShape(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("{")) && !bytes.HasPrefix(data, []byte("{{")): // which a template fills in
		return hint.New("store the token alone: of a TokenRequest jq -r .status.token, of a Secret jq -r '.data.token | @base64d'",
			"it is JSON, and no token")
	case bytes.HasPrefix(data, []byte("apiVersion:")), bytes.HasPrefix(data, []byte("kind:")), bytes.HasPrefix(data, []byte("token:")):
		return hint.New("store the token alone, without the key before it", "it is YAML, and no token")
	case data[0] == '"' || data[0] == '\'':
		return hint.New("store it without quotes: jq -r instead of jq, or -o jsonpath={...} without quotes in it", "it is in quotes")
	case len(data) > 7 && bytes.EqualFold(data[:7], []byte("Bearer ")):
		return hint.New("store what is behind Bearer", "it is a header, and no token")
	case isEncodedJWT(data):
		return hint.New("decode it once: base64 -d", "it is the base64 of a token, as Secrets hold it")
	}
	return nil
}

// isEncodedJWT tells whether the text is the base64 of a JSON Web Token, which begins with the base64 of an object: eyJ.
func isEncodedJWT(data []byte) bool {
	if !bytes.HasPrefix(data, []byte("ZXlK")) { // the base64 of eyJ in each alphabet
		return false
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		decoded, err := encoding.DecodeString(string(data))
		if err == nil && bytes.HasPrefix(decoded, []byte("eyJ")) && bytes.Count(decoded, []byte(".")) == 2 {
			return true
		}
	}
	return false
}
