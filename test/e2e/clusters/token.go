package clusters

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Reissue signs a service account token of the cluster again, with other claims, because a test cannot wait until a
// token is old. The API server accepts it as its own.
func (c *Cluster) Reissue(token string, change func(claims map[string]any)) (string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", errors.New("reissue a token: it is no JWT")
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", fmt.Errorf("reissue a token: %w", err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		return "", fmt.Errorf("reissue a token: %w", err)
	}
	change(claims)
	if text, err = json.Marshal(claims); err != nil {
		return "", fmt.Errorf("reissue a token: %w", err)
	}
	signed := parts[0] + "." + base64.RawURLEncoding.EncodeToString(text)
	signature, err := c.sign(signed)
	if err != nil {
		return "", fmt.Errorf("reissue a token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// sign makes an ES256 signature (RFC 7518, 3.4) with the key of service accounts.
func (c *Cluster) sign(text string) ([]byte, error) {
	content, err := os.ReadFile(c.file(accountKeyFile))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, errors.New("the key is not PEM")
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return nil, err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature, nil
}
