package exchange

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// Limits of a file. The files of a hundred fully linked clusters have less than 4 MiB.
const (
	MaxSize  = 16 << 20
	maxItems = 20_000
	maxParts = 400_000
	maxDepth = 8
)

// signatureBegin is the line after the JSON. No line of JSON starts with it.
const signatureBegin = "\n-----BEGIN SSH SIGNATURE-----"

// File is an exchange file with a valid signature. The caller decides whether to trust the signer.
type File struct {
	Document
	Signer ssh.PublicKey
	// Digest is the SHA-256 of the signed text, in hexadecimal digits.
	Digest string
}

// Fingerprint returns the fingerprint of the signer's key, as ssh-keygen -l prints it.
func (f File) Fingerprint() string { return ssh.FingerprintSHA256(f.Signer) }

// Encode returns a document with its signature. The same document has the same text.
func Encode(document Document, signer ssh.Signer) ([]byte, error) {
	document.TypeMeta = v1alpha1.TypeMeta{APIVersion: v1alpha1.APIVersion, Kind: Kind}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("encode exchange file: %w", err)
	}
	if err := check(document); err != nil {
		return nil, fmt.Errorf("encode exchange file: %w", err)
	}
	signature, err := sshsig.Sign(signer, Namespace, text.Bytes())
	if err != nil {
		return nil, err
	}
	return append(text.Bytes(), signature...), nil
}

// Parse reads a file: limits first, then the signature, then the content. It does not interpret a text with an invalid
// signature.
func Parse(text []byte) (File, error) {
	if len(text) > MaxSize {
		return File{}, fmt.Errorf("the file is larger than %d MiB", MaxSize>>20)
	}
	at := bytes.Index(text, []byte(signatureBegin))
	if at < 0 {
		return File{}, errors.New("the file has no SSH signature: it is not an exchange file, or it is truncated")
	}
	payload := text[:at+1]
	signature, err := sshsig.Parse(text[at+1:])
	if err != nil {
		return File{}, err
	}
	if signature.Namespace != Namespace {
		return File{}, fmt.Errorf("the signature is for %.80q, not for %q", signature.Namespace, Namespace)
	}
	if err := signature.Verify(payload); err != nil {
		return File{}, err
	}
	document, err := decode(payload)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(payload)
	return File{Document: document, Signer: signature.Key, Digest: hex.EncodeToString(sum[:])}, nil
}

func decode(payload []byte) (Document, error) {
	if err := bounded(payload); err != nil {
		return Document{}, err
	}
	var document Document
	if err := strict.LargeJSON(payload, &document); err != nil {
		return Document{}, err
	}
	return document, check(document)
}

// bounded scans the tokens of a text without keeping any, so that text with excessive depth or size allocates nothing.
func bounded(payload []byte) error {
	depth, objects, parts, isText, escaped := 0, 0, 0, false, false
	for _, sign := range payload {
		switch {
		case escaped:
			escaped = false
		case isText && sign == '\\':
			escaped = true
		case sign == '"':
			isText = !isText
		case isText:
		case sign == '{', sign == '[':
			objects++
			depth++
		case sign == '}', sign == ']':
			depth--
		case sign == ',':
			parts++
		}
		switch {
		case depth > maxDepth:
			return fmt.Errorf("the file is nested more than %d levels deep", maxDepth)
		case objects > 3*maxItems, parts > maxParts:
			return fmt.Errorf("the file has more than %d entries", maxItems)
		}
	}
	return nil
}
