package sops_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// FuzzParseRecipient: what is taken is the text itself, and no error repeats it, for it may be a key.
func FuzzParseRecipient(f *testing.F) {
	f.Add(newPerson(f).recipient.String())
	f.Add(newQuantumPerson(f).recipient.String())
	for _, text := range []string{"", "age1", "age1yubikey1qSECRETSECRET", "AGE-SECRET-KEY-1SECRETSECRET", "ssh-ed25519 SECRETSECRET", "age1SECRETSECRET1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		recipient, err := sops.ParseRecipient(text)
		if err == nil && recipient.String() != text {
			t.Errorf("%q becomes %q", text, recipient)
		}
		if err != nil && strings.Contains(err.Error(), "SECRETSECRET") {
			t.Errorf("it repeats the text: %v", err)
		}
	})
}
