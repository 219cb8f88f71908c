package authority

import (
	"bytes"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// sealQuickly is what encrypt makes, but for the work that a passphrase costs.
func sealQuickly(t *testing.T, text, passphrase string) []byte {
	t.Helper()
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(1)
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	writer, err := age.Encrypt(armored, recipient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	for _, closer := range []interface{ Close() error }{writer, armored} {
		if err := closer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func TestDecrypt(t *testing.T) {
	const text, passphrase = "the key", "correct horse"
	sealed := sealQuickly(t, text, passphrase)
	const again = "decrypt key: the passphrase is wrong, or the file is damaged"
	for name, test := range map[string]struct {
		file       []byte
		passphrase string
		want       string // of the error
	}{
		"as it was":            {file: sealed, passphrase: passphrase},
		"another passphrase":   {file: sealed, passphrase: "battery staple", want: again},
		"another letter case":  {file: sealed, passphrase: "Correct horse", want: again},
		"no passphrase":        {file: sealed, want: "decrypt key: passphrase can't be empty"},
		"not a file of age":    {file: []byte("hello"), passphrase: passphrase, want: again},
		"nothing":              {passphrase: passphrase, want: again},
		"cut off in the head":  {file: sealed[:len(sealed)/3], passphrase: passphrase, want: again},
		"cut off near the end": {file: withoutLastLine(sealed), passphrase: passphrase, want: again},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decrypt(test.file, []byte(test.passphrase))
			switch {
			case test.want == "":
				if err != nil || string(got) != text {
					t.Errorf("got %q, %v", got, err)
				}
			case err == nil || err.Error() != test.want || got != nil:
				t.Errorf("got %q, %v, want error %q", got, err, test.want)
			case test.want == again && !verdict.IsInput(err):
				t.Error("it is no fault of the program")
			}
			if err != nil && test.passphrase != "" && strings.Contains(err.Error(), test.passphrase) {
				t.Error("the error repeats the passphrase")
			}
		})
	}
}

// withoutLastLine takes the line before the end mark away.
func withoutLastLine(armored []byte) []byte {
	lines := strings.SplitAfter(string(armored), "\n")
	return []byte(strings.Join(append(lines[:len(lines)-3:len(lines)-3], lines[len(lines)-2:]...), ""))
}

// TestEncryptRefuses: a key under no passphrase is a key in clear.
func TestEncryptRefuses(t *testing.T) {
	if sealed, err := encrypt([]byte("the key"), nil); err == nil || sealed != nil {
		t.Errorf("got %q, %v", sealed, err)
	}
}
