package live

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// ownAuthority is a certificate authority that nobody else has.
func ownAuthority(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestReadAuthority(t *testing.T) {
	const remedy = "correct certificate-authority in the kubeconfig"
	certificate, dir := string(ownAuthority(t)), t.TempDir()
	files.Write(t, dir, map[string]string{"ca.crt": "# ours\n" + certificate, "key.pem": "-----BEGIN PRIVATE KEY-----\naHVzaA==\n-----END PRIVATE KEY-----\n"})
	for _, test := range []struct {
		name, file, data string
		want             string
		problem          []hint.Problem
	}{
		{name: "none"},
		{name: "in the kubeconfig", data: certificate, want: certificate},
		{name: "in a file", file: "ca.crt", want: certificate},
		{name: "the file wins, as with kubectl", file: "ca.crt", data: string(ownAuthority(t)), want: certificate},
		{name: "no such file", file: "no.crt", problem: []hint.Problem{{
			Text: `read certificate authority of context "prod": open "` + filepath.Join(dir, "no.crt") + `": no such file or directory`, Remedies: []string{remedy}}}},
		{name: "a private key", file: "key.pem", problem: []hint.Problem{{
			Text: `certificate authority of context "prod" must contain only PEM certificates: it contains a private key`, Remedies: []string{remedy}}}},
		{name: "no certificate", data: "ours", problem: []hint.Problem{{
			Text: `certificate authority of context "prod" must contain a PEM certificate`, Remedies: []string{remedy}}}},
	} {
		context := kubeconfig.Context{Name: "prod", CertificateAuthorityData: []byte(test.data)}
		if test.file != "" {
			context.CertificateAuthorityFile = filepath.Join(dir, test.file)
		}
		err := ReadAuthority(&context)
		if diff := cmp.Diff(test.problem, hint.List(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if got := string(context.CertificateAuthorityData); err == nil && (got != test.want || context.CertificateAuthorityFile != "") {
			t.Errorf("%s: got %q and file %q, want %q", test.name, got, context.CertificateAuthorityFile, test.want)
		}
	}
}
