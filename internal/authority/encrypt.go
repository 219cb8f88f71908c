package authority

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// encrypt encrypts a text with a passphrase (https://age-encryption.org/v1, scrypt recipient).
func encrypt(text, passphrase []byte) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	writer, err := age.Encrypt(armored, recipient)
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	if _, err := writer.Write(text); err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	if err := errors.Join(writer.Close(), armored.Close()); err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	return out.Bytes(), nil
}

// decrypt decrypts the output of encrypt, and of age, which is binary by default.
func decrypt(text, passphrase []byte) ([]byte, error) {
	identity, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return nil, fmt.Errorf("decrypt key: %w", err)
	}
	var file io.Reader = bytes.NewReader(text)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte(armor.Header)) {
		file = armor.NewReader(file)
	}
	reader, err := age.Decrypt(file, identity)
	if err != nil {
		return nil, verdict.Inputf("try again; without the passphrase the key is lost, and the mesh requires a new root",
			"decrypt key: the passphrase is wrong, or the file is damaged")
	}
	key, err := io.ReadAll(io.LimitReader(reader, workspace.MaxFile))
	if err != nil {
		return nil, verdict.Inputf("restore it from your backup", "decrypt key: the file is damaged")
	}
	return key, nil
}
