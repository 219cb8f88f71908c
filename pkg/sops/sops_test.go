package sops_test

import (
	"crypto/rand"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// person can decrypt what is encrypted to them.
type person struct {
	identity  age.Identity
	recipient sops.Recipient
}

func newPerson(t testing.TB) person {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return person{identity, recipient(t, identity.Recipient().String())}
}

func newQuantumPerson(t testing.TB) person {
	t.Helper()
	identity, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return person{identity, recipient(t, identity.Recipient().String())}
}

func recipient(t testing.TB, text string) sops.Recipient {
	t.Helper()
	recipient, err := sops.ParseRecipient(text)
	if err != nil {
		t.Fatal(err)
	}
	return recipient
}

type secret struct {
	Kind       string            `json:"kind"`
	SOPS       sops.Block        `json:"sops"`
	StringData map[string]string `json:"stringData"`
}

// seal encrypts to people, at the n-th second of the epoch.
func seal(t testing.TB, n int64, before *sops.Opened, plain map[string]string, people ...person) secret {
	t.Helper()
	encryption := sops.Encryption{Now: time.Unix(n, 0), Random: rand.Reader, Before: before}
	for _, p := range people {
		encryption.Recipients = append(encryption.Recipients, p.recipient)
	}
	cipher, block, err := encryption.Encrypt("stringData", plain)
	if err != nil {
		t.Fatal(err)
	}
	return secret{"Secret", block, cipher}
}

func (s secret) text(t testing.TB) []byte {
	t.Helper()
	text, err := yaml.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (s secret) open(t testing.TB, who person) *sops.Opened {
	t.Helper()
	opened, err := open(s.text(t), who)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func open(text []byte, who person) (*sops.Opened, error) {
	doc, err := sops.Parse(text)
	if err != nil {
		return nil, err
	}
	return doc.Open([]age.Identity{who.identity})
}

func plain() map[string]string {
	return map[string]string{"b.pem": "second\nline\n", "a": "first", "empty": ""}
}

func TestEveryRecipientDecrypts(t *testing.T) {
	x, pq := newPerson(t), newQuantumPerson(t)
	sealed := seal(t, 0, nil, plain(), pq, x, x)
	if text := string(sealed.text(t)); strings.Contains(text, "first") || len(sealed.SOPS.Age) != 2 {
		t.Errorf("not encrypted once to each:\n%s", text)
	}
	for _, who := range []person{x, pq} {
		if diff := cmp.Diff(plain(), sealed.open(t, who).Values("stringData:")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if _, err := open(sealed.text(t), newPerson(t)); !errors.Is(err, sops.ErrNotRecipient) {
		t.Errorf("a stranger: %v", err)
	}
}

// What has not changed keeps its bytes; what has changed brings a new MAC with it.
func TestBytesStay(t *testing.T) {
	who := newPerson(t)
	first := seal(t, 0, nil, plain(), who)
	if diff := cmp.Diff(first, seal(t, 1, first.open(t, who), plain(), who)); diff != "" {
		t.Errorf("nothing has changed (-before +after):\n%s", diff)
	}
	changed := plain()
	changed["a"] = "other"
	second := seal(t, 1, first.open(t, who), changed, who)
	if second.StringData["b.pem"] != first.StringData["b.pem"] || second.StringData["a"] == first.StringData["a"] {
		t.Error("not the changed value alone is new")
	}
	if second.SOPS.MAC == first.SOPS.MAC || second.SOPS.LastModified != "1970-01-01T00:00:01Z" || second.SOPS.Age[0] != first.SOPS.Age[0] {
		t.Errorf("the block is %+v", second.SOPS)
	}
	second.open(t, who)
}

func TestNewcomersGetTheKeyAndLeaversLoseIt(t *testing.T) {
	old, newcomer := newPerson(t), newQuantumPerson(t)
	first := seal(t, 0, nil, plain(), old)
	wider := seal(t, 1, first.open(t, old), plain(), old, newcomer)
	if !maps.Equal(first.StringData, wider.StringData) || first.SOPS.MAC != wider.SOPS.MAC {
		t.Error("a newcomer changes values")
	}
	wider.open(t, newcomer)
	narrow := seal(t, 2, wider.open(t, old), plain(), newcomer)
	for name, value := range narrow.StringData {
		if value != "" && value == wider.StringData[name] {
			t.Errorf("%s is still encrypted with the key that the leaver has", name)
		}
	}
	narrow.SOPS.Age = wider.SOPS.Age // the leaver still has the old data key
	if _, err := open(narrow.text(t), old); err == nil {
		t.Error("the leaver's data key decrypts it")
	}
}

func TestTamperingIsNoticed(t *testing.T) {
	who := newPerson(t)
	for name, test := range map[string]struct {
		tamper func(*secret)
		want   string
	}{
		"exchanged": {func(s *secret) { s.StringData["a"], s.StringData["b.pem"] = s.StringData["b.pem"], s.StringData["a"] }, "decrypt stringData:a: it was changed, or moved here from another place"},
		"removed":   {func(s *secret) { delete(s.StringData, "a") }, "the MAC is wrong: values were removed, added or put in another order"},
		"emptied":   {func(s *secret) { s.StringData["a"] = "" }, "the MAC is wrong: values were removed, added or put in another order"},
		"plain":     {func(s *secret) { s.StringData["a"] = "SECRET" }, "parse sops document: the value of stringData.a is not encrypted"},
		"backdated": {func(s *secret) { s.SOPS.LastModified = "1969-01-01T00:00:00Z" }, "decrypt MAC: it was changed, or moved here from another place"},
		"no MAC":    {func(s *secret) { s.SOPS.MAC = "" }, "the MAC is wrong: values were removed, added or put in another order"},
		"settings":  {func(s *secret) { s.SOPS.EncryptedRegex = "" }, `parse sops document: it was not made with encrypted_regex "^(data|stringData)$" and mac_only_encrypted`},
		"nobody":    {func(s *secret) { s.SOPS.Age = nil }, "parse sops document: it has no age recipient"},
		"damaged":   {func(s *secret) { s.SOPS.Age[0].Enc = strings.Replace(s.SOPS.Age[0].Enc, "\nYWdl", "\nYWdm", 1) }, "its data key is damaged"},
		"moved": {func(s *secret) { // into a map that has another name
			s.StringData = map[string]string{"c": s.StringData["a"]}
		}, "decrypt stringData:c: it was changed, or moved here from another place"},
	} {
		sealed := seal(t, 0, nil, plain(), who)
		test.tamper(&sealed)
		if _, err := open(sealed.text(t), who); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "it is not a map",
		"- a":                               "it is not a map",
		"a: {":                              "it is not YAML",
		"a: b":                              "it has no sops block",
		"sops: x":                           "its sops block cannot be read",
		"data: &a {b: c}\nsops: {}":         "the value of data.b is not encrypted",
		"x: {data: [1]}\nsops: {}":          "the value of x.data is not encrypted",
		"a: &a b\nx: *a":                    "it has an alias, which sops does not write",
		strings.Repeat("a: {", 40) + "b: c": "it is not YAML",
		strings.Repeat("[", 40) + strings.Repeat("]", 40):                "it is not a map",
		"a: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n": "it is too deep",
	} {
		if _, err := sops.Parse([]byte(text)); err == nil || err.Error() != "parse sops document: "+want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// Parse takes any text, and never repeats a value.
func FuzzParse(f *testing.F) {
	who := newPerson(f)
	f.Add(seal(f, 0, nil, plain(), who).text(f))
	f.Add([]byte("stringData: {a: SECRETSECRET}\nsops: {age: [{enc: SECRETSECRET, recipient: x}], mac_only_encrypted: true, encrypted_regex: ^(data|stringData)$}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := sops.Parse(text)
		if err == nil {
			_, err = doc.Open([]age.Identity{who.identity})
		}
		if err != nil && strings.Contains(err.Error(), "SECRETSECRET") {
			t.Errorf("it repeats a value: %v", err)
		}
	})
}
