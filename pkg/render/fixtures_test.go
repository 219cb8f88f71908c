package render_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"path"
	"strings"
	"testing"
)

// The page about the scenarios tells what each of them shows.
func TestScenariosAreListed(t *testing.T) {
	page := string(readFile(t, scenarioFolder+"/README.md"))
	for _, name := range scenarioNames(t) {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("README.md does not mention %s", name)
		}
	}
}

// What is committed beside the scenarios is no secret, says so, and does not run out.
func TestFixturesAreForTestsOnly(t *testing.T) {
	for name, text := range readFolder(t, scenarioFolder) {
		if bytes.Contains(text, []byte("PRIVATE KEY")) {
			t.Errorf("%s holds a private key", name)
		}
		if path.Base(name) == "token" && !isFake(strings.TrimSpace(string(text))) {
			t.Errorf("%s is not marked as fake", name)
		}
		if path.Ext(name) == ".crt" || path.Ext(name) == ".pem" {
			checkCertificate(t, name, text)
		}
	}
}

func checkCertificate(t *testing.T, name string, text []byte) {
	t.Helper()
	block, rest := pem.Decode(text)
	if block == nil || len(rest) > 0 {
		t.Fatalf("%s is not one PEM block", name)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !strings.HasPrefix(certificate.Subject.CommonName, "TEST ONLY ") || certificate.NotAfter.Year() < 2100 {
		t.Errorf("%s is of %s, until %s", name, certificate.Subject, certificate.NotAfter)
	}
}
