package cli_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"
)

// agekey FILE NAME makes an identity, and sets NAME to its public key.
func agekey(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 2, "agekey FILE NAME")
	identity, err := age.GenerateX25519Identity()
	ts.Check(err)
	writePrivate(ts, args[0], "# created by a test\n"+identity.String()+"\n")
	ts.Setenv(args[1], identity.Recipient().String())
	// Recipients are written sorted.
	known := append(strings.FieldsFunc(ts.Getenv("SORTED"), func(r rune) bool { return r == ',' }), identity.Recipient().String())
	slices.Sort(known)
	ts.Setenv("SORTED", strings.Join(known, ","))
}

// controller FILE.crt FILE.key NAME makes what a controller of SealedSecrets has; its certificate has
// ended, and NAME is its fingerprint.
func controller(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 3, "controller FILE.crt FILE.key NAME")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	ts.Check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	writePrivate(ts, args[0], string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	writePrivate(ts, args[1], string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
	ts.Setenv(args[2], fmt.Sprintf("%X", sha256.Sum256(der)))
}

// subst FILE… puts variables of the script into files: @NAME@.
func subst(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) == 0, "subst FILE…")
	for _, name := range args {
		parts := strings.Split(ts.ReadFile(name), "@")
		for i := 1; i < len(parts); i += 2 {
			parts[i] = ts.Getenv(parts[i])
		}
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(strings.Join(parts, "")), 0o600))
	}
}
