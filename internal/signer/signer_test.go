package signer_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/kubectl-mesh/kubectl-mesh/internal/signer"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

// newKey writes a private key, and its public key beside it.
func newKey(t *testing.T, name, passphrase string) (ed25519.PrivateKey, string) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	shown, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name)
	for name, text := range map[string][]byte{file: pem.EncodeToMemory(block), file + ".pub": ssh.MarshalAuthorizedKey(shown)} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return key, file
}

// serve has an agent with keys answer at a socket.
func serve(t *testing.T, keys ...ed25519.PrivateKey) string {
	t.Helper()
	ring := agent.NewKeyring()
	for i := range keys {
		if err := ring.Add(agent.AddedKey{PrivateKey: &keys[i]}); err != nil {
			t.Fatal(err)
		}
	}
	return serveAgent(t, ring)
}

func serveAgent(t *testing.T, ring agent.Agent) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") //nolint:usetesting // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Skip("no Unix sockets here")
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_ = agent.ServeAgent(ring, connection)
		}
	}()
	return socket
}

// used is the fingerprint of the key that signed something.
func used(t *testing.T, in signer.Input, wanted func(ssh.PublicKey) bool) (string, error) {
	t.Helper()
	fingerprint := ""
	err := signer.Use(t.Context(), in, wanted, func(key ssh.Signer) error {
		text, err := sshsig.Sign(key, "test", []byte("message"))
		if err != nil {
			return err
		}
		signature, err := sshsig.Parse(text)
		if err == nil {
			err = signature.Verify([]byte("message"))
		}
		fingerprint = ssh.FingerprintSHA256(key.PublicKey())
		return err
	})
	return fingerprint, err
}

// TestSecurityKey: a key on a security key signs through the agent, whichever of its two files is named.
func TestSecurityKey(t *testing.T) {
	key := newSecurityKey(t)
	file := filepath.Join(t.TempDir(), "id_ed25519_sk")
	for name, text := range map[string]string{
		file: "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", file + ".pub": string(ssh.MarshalAuthorizedKey(key.PublicKey())),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	socket := serveAgent(t, securityAgent{key: key})
	for name, in := range map[string]signer.Input{
		"the file that names it": {File: file, Agent: socket}, "its public key": {File: file + ".pub", Agent: socket}, "the agent alone": {Agent: socket},
	} {
		got, err := used(t, in, none)
		if want := ssh.FingerprintSHA256(key.PublicKey()); err != nil || got != want {
			t.Errorf("%s: %s signed, want %s: %v", name, got, want, err)
		}
	}
	_, err := used(t, signer.Input{File: file}, none)
	if want := "no SSH key to sign with: there is no SSH agent"; err == nil || err.Error() != want {
		t.Errorf("without an agent: got %v, want %s", err, want)
	}
}

// securityAgent is an agent with one key, which is on a security key.
type securityAgent struct {
	agent.Agent
	key securityKey
}

func (a securityAgent) List() ([]*agent.Key, error) {
	public := a.key.PublicKey()
	return []*agent.Key{{Format: public.Type(), Blob: public.Marshal(), Comment: "security key"}}, nil
}

func (a securityAgent) Sign(_ ssh.PublicKey, data []byte) (*ssh.Signature, error) {
	return a.key.Sign(rand.Reader, data)
}

// securityKey signs as a FIDO authenticator does (PROTOCOL.u2f) that was touched.
type securityKey struct{ private ed25519.PrivateKey }

func newSecurityKey(t *testing.T) securityKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return securityKey{private: private}
}

const application = "ssh:"

func (k securityKey) PublicKey() ssh.PublicKey {
	key, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Type string
		Key  []byte
		App  string
	}{ssh.KeyAlgoSKED25519, k.private.Public().(ed25519.PublicKey), application}))
	if err != nil {
		panic(err)
	}
	return key
}

func (k securityKey) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	app, message := sha256.Sum256([]byte(application)), sha256.Sum256(data)
	rest := []byte{1, 0, 0, 0, 7}
	signed := slices.Concat(app[:], rest, message[:])
	return &ssh.Signature{Format: ssh.KeyAlgoSKED25519, Blob: ed25519.Sign(k.private, signed), Rest: rest}, nil
}

func none(ssh.PublicKey) bool { return false }

func fingerprintOf(t *testing.T, key ed25519.PrivateKey) string {
	t.Helper()
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return ssh.FingerprintSHA256(public)
}

func TestUse(t *testing.T) {
	first, file := newKey(t, "first", "")
	second, other := newKey(t, "second", "correct horse")
	asks := func(string) ([]byte, error) { return []byte("correct horse"), nil }
	both := serve(t, first, second)
	for name, test := range map[string]struct {
		in     signer.Input
		wanted func(ssh.PublicKey) bool
		want   ed25519.PrivateKey
	}{
		"a file":                    {signer.Input{File: file}, none, first},
		"a file under a passphrase": {signer.Input{File: other, Passphrase: asks}, none, second},
		"a public key in the agent": {signer.Input{File: other + ".pub", Agent: both}, none, second},
		"the only key of the agent": {signer.Input{Agent: serve(t, second)}, none, second},
		"the wanted key of the agent": {signer.Input{Agent: both}, func(key ssh.PublicKey) bool {
			return ssh.FingerprintSHA256(key) == fingerprintOf(t, first)
		}, first},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := used(t, test.in, test.wanted)
			if want := fingerprintOf(t, test.want); err != nil || got != want {
				t.Errorf("%s signed, want %s: %v", got, want, err)
			}
		})
	}
}

func TestUseRefuses(t *testing.T) {
	first, file := newKey(t, "first", "")
	second, other := newKey(t, "second", "correct horse")
	open := filepath.Join(t.TempDir(), "open")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(open, text, 0o600), os.Chmod(open, 0o644)); err != nil {
		t.Fatal(err)
	}
	wrong := func(string) ([]byte, error) { return []byte("wrong horse"), nil }
	for name, test := range map[string]struct {
		in   signer.Input
		want string
	}{
		"no agent":            {signer.Input{}, "no SSH key to sign with: there is no SSH agent"},
		"two keys":            {signer.Input{Agent: serve(t, first, second)}, "the SSH agent has 2 keys that could sign"},
		"not in the agent":    {signer.Input{File: other + ".pub", Agent: serve(t, first)}, "the SSH agent does not have the key of "},
		"a wrong passphrase":  {signer.Input{File: other, Passphrase: wrong}, "the passphrase is wrong"},
		"no key":              {signer.Input{File: file + "x"}, "does not exist"},
		"others may read it":  {signer.Input{File: open}, "other users can read or change "},
		"a file of something": {signer.Input{File: os.Args[0]}, "read SSH key: "},
	} {
		if _, err := used(t, test.in, none); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}
