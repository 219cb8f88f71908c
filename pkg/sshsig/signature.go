package sshsig

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Format (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig).
const (
	magic   = "SSHSIG"
	version = 1
	begin   = "-----BEGIN SSH SIGNATURE-----"
	end     = "-----END SSH SIGNATURE-----"
)

// maxArmor is above the size of any signature with a supported key, which is less than 2 KiB.
const maxArmor = 8 << 10

// Signature is an unverified signature.
type Signature struct {
	// Key that signed, according to the signature.
	Key ssh.PublicKey
	// Namespace of the signature: one for another namespace proves nothing.
	Namespace string

	hash string
	blob *ssh.Signature
}

// wire is the signature after its magic bytes.
type wire struct {
	Version   uint32
	Key       []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// signed is what the key signs, after the magic bytes.
type signed struct {
	Namespace string
	Reserved  string
	Hash      string
	Digest    []byte
}

// Sign signs a message for one namespace, and returns the signature in ssh-keygen's format.
func Sign(signer ssh.Signer, namespace string, message []byte) ([]byte, error) {
	const hash = "sha512"
	if err := CheckKey(signer.PublicKey()); err != nil {
		return nil, err
	}
	blob, err := signer.Sign(rand.Reader, toSign(namespace, hash, message))
	if err != nil {
		return nil, fmt.Errorf("sign with SSH key: %w", err)
	}
	return armor(ssh.Marshal(wire{
		Version: version, Key: signer.PublicKey().Marshal(), Namespace: namespace, Hash: hash, Signature: ssh.Marshal(blob),
	})), nil
}

// Parse parses exactly one signature, with nothing around it.
func Parse(text []byte) (Signature, error) {
	raw, err := dearmor(text)
	if err != nil {
		return Signature{}, fmt.Errorf("read SSH signature: %w", err)
	}
	rest, found := bytes.CutPrefix(raw, []byte(magic))
	var read wire
	if !found || ssh.Unmarshal(rest, &read) != nil {
		return Signature{}, errors.New("read SSH signature: damaged")
	}
	if read.Version != version || read.Reserved != "" {
		return Signature{}, fmt.Errorf("read SSH signature: unknown version %d", read.Version)
	}
	key, err := ssh.ParsePublicKey(read.Key)
	if err != nil {
		return Signature{}, errors.New("read SSH signature: the key cannot be parsed")
	}
	if err := CheckKey(key); err != nil {
		return Signature{}, err
	}
	var blob ssh.Signature
	if err := ssh.Unmarshal(read.Signature, &blob); err != nil {
		return Signature{}, errors.New("read SSH signature: damaged")
	}
	if digest([]byte{}, read.Hash) == nil {
		return Signature{}, errors.New("read SSH signature: the hash is neither sha256 nor sha512")
	}
	return Signature{Key: key, Namespace: read.Namespace, hash: read.Hash, blob: &blob}, nil
}

// Verify reports whether the key signed this message.
func (s Signature) Verify(message []byte) error {
	// The agent with the key chooses the signature's format, which must match the key.
	if s.blob.Format != s.Key.Type() || s.Key.Verify(toSign(s.Namespace, s.hash, message), s.blob) != nil {
		return errors.New("the signature does not match the text")
	}
	return nil
}

// Fingerprint returns a key's fingerprint, as ssh-keygen -l prints it.
func (s Signature) Fingerprint() string { return ssh.FingerprintSHA256(s.Key) }

// KeyTypes are the supported key types. RSA and DSA depend on parameters that a signature can choose badly, and
// certificates on an authority.
func KeyTypes() []string {
	return []string{
		ssh.KeyAlgoED25519,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
		ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256,
	}
}

// CheckKey rejects unsupported key types.
func CheckKey(key ssh.PublicKey) error {
	if !slices.Contains(KeyTypes(), key.Type()) {
		return fmt.Errorf("SSH key of type %.40q: only ed25519, ecdsa, ed25519-sk and ecdsa-sk keys are supported",
			key.Type())
	}
	return nil
}

func toSign(namespace, hash string, message []byte) []byte {
	return append([]byte(magic), ssh.Marshal(signed{Namespace: namespace, Hash: hash, Digest: digest(message, hash)})...)
}

// digest returns nil for an unknown hash.
func digest(message []byte, hash string) []byte {
	switch hash {
	case "sha256":
		sum := sha256.Sum256(message)
		return sum[:]
	case "sha512":
		sum := sha512.Sum512(message)
		return sum[:]
	}
	return nil
}

// armor wraps at 70 characters, like ssh-keygen.
func armor(raw []byte) []byte {
	const columns = 70
	var text strings.Builder
	text.WriteString(begin + "\n")
	encoded := base64.StdEncoding.EncodeToString(append([]byte(magic), raw...))
	for line := range slices.Chunk([]byte(encoded), columns) {
		text.Write(line)
		text.WriteByte('\n')
	}
	text.WriteString(end + "\n")
	return []byte(text.String())
}

func dearmor(text []byte) ([]byte, error) {
	if len(text) > maxArmor {
		return nil, errors.New("too long")
	}
	inner, found := bytes.CutPrefix(bytes.TrimSpace(text), []byte(begin))
	inner, ended := bytes.CutSuffix(inner, []byte(end))
	if !found || !ended {
		return nil, errors.New("not a single block " + begin)
	}
	raw, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(inner), nil)))
	if err != nil {
		return nil, errors.New("damaged")
	}
	return raw, nil
}
