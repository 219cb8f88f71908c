package sshsig_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

// securityECDSAKey is securityKey on the curve P-256.
type securityECDSAKey struct{ private *ecdsa.PrivateKey }

func (k securityECDSAKey) PublicKey() ssh.PublicKey {
	point, err := k.private.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	key, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Type, Curve string
		Point       []byte
		App         string
	}{ssh.KeyAlgoSKECDSA256, "nistp256", point, application}))
	if err != nil {
		panic(err)
	}
	return key
}

func (k securityECDSAKey) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	app, message := sha256.Sum256([]byte(application)), sha256.Sum256(data)
	rest := []byte{1, 0, 0, 0, 7}
	digest := sha256.Sum256(slices.Concat(app[:], rest, message[:]))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return nil, err
	}
	return &ssh.Signature{Format: ssh.KeyAlgoSKECDSA256, Blob: ssh.Marshal(struct{ R, S *big.Int }{r, s}), Rest: rest}, nil
}

// TestSSHKeygenVerifies: ssh-keygen verifies the signatures of keys of all kinds, those on security keys among them, and
// rejects the same ones for another namespace.
func TestSSHKeygenVerifies(t *testing.T) {
	program, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("needs ssh-keygen")
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	onCurve := func(curve elliptic.Curve) *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	for name, signer := range map[string]ssh.Signer{
		"ed25519": newEd25519(t), "ecdsa-256": signerOf(t, onCurve(elliptic.P256())), "ecdsa-384": signerOf(t, onCurve(elliptic.P384())),
		"ecdsa-521": signerOf(t, onCurve(elliptic.P521())), "ed25519-sk": securityKey{private: private, touched: true},
		"ecdsa-sk": securityECDSAKey{onCurve(elliptic.P256())},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := sshsig.Sign(signer, namespace, []byte("message"))
			if err != nil {
				t.Fatal(err)
			}
			signature, err := sshsig.Parse(text)
			if err != nil || signature.Verify([]byte("message")) != nil {
				t.Fatal("we do not verify it", err)
			}
			dir := t.TempDir()
			for name, content := range map[string]string{"allowed": sshsig.Line("north", namespace, signer.PublicKey()), "sig": string(text)} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			verify := func(namespace string) (string, error) {
				cmd := exec.CommandContext(t.Context(), program, "-Y", "verify", "-f", "allowed", "-I", "north", "-n", namespace, "-s", "sig")
				cmd.Dir, cmd.Stdin = dir, bytes.NewReader([]byte("message"))
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			if out, err := verify(namespace); err != nil || !strings.HasPrefix(out, `Good "`+namespace+`" signature for north`) {
				t.Errorf("ssh-keygen says %s: %v", out, err)
			}
			if out, err := verify("git"); err == nil {
				t.Errorf("ssh-keygen takes it for another namespace: %s", out)
			}
		})
	}
}
