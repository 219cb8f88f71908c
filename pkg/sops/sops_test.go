package sops_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/google/go-cmp/cmp"

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

func (s secret) open(t testing.TB, who person) *sops.Opened {
	t.Helper()
	opened, err := s.openBy(who)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func (s secret) openBy(who person) (*sops.Opened, error) {
	document, err := sops.NewDocument("stringData", s.StringData, s.SOPS)
	if err != nil {
		return nil, err
	}
	return document.Open([]age.Identity{who.identity})
}

func plain() map[string]string {
	return map[string]string{"b.pem": "second\nline\n", "a": "first", "empty": ""}
}

func TestEveryRecipientDecrypts(t *testing.T) {
	x, pq := newPerson(t), newQuantumPerson(t)
	sealed := seal(t, 0, nil, plain(), pq, x, x)
	if text := fmt.Sprint(sealed); strings.Contains(text, "first") || len(sealed.SOPS.Age) != 2 {
		t.Errorf("not encrypted once to each:\n%s", text)
	}
	for _, who := range []person{x, pq} {
		if diff := cmp.Diff(plain(), sealed.open(t, who).Values("stringData:")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if _, err := sealed.openBy(newPerson(t)); !errors.Is(err, sops.ErrNotRecipient) {
		t.Errorf("a stranger: %v", err)
	}
}

// What has not changed keeps its bytes. When a value changes, nothing is left that whoever wrote the file knows.
func TestBytesStay(t *testing.T) {
	who := newPerson(t)
	first := seal(t, 0, nil, plain(), who)
	if diff := cmp.Diff(first, seal(t, 1, first.open(t, who), plain(), who)); diff != "" {
		t.Errorf("nothing has changed (-before +after):\n%s", diff)
	}
	changed := plain()
	changed["a"] = "other"
	second := seal(t, 1, first.open(t, who), changed, who)
	for name, value := range second.StringData {
		if value != "" && value == first.StringData[name] {
			t.Errorf("%s is encrypted with the data key of before", name)
		}
	}
	if second.SOPS.MAC == first.SOPS.MAC || second.SOPS.LastModified != "1970-01-01T00:00:01Z" || second.SOPS.Age[0] == first.SOPS.Age[0] {
		t.Errorf("the block is %+v", second.SOPS)
	}
	second.open(t, who)
	second.SOPS.Age = first.SOPS.Age // whoever wrote the first file knows its data key
	if _, err := second.openBy(who); err == nil {
		t.Error("the data key of before decrypts it")
	}
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
	if _, err := narrow.openBy(old); err == nil {
		t.Error("the leaver's data key decrypts it")
	}
}

func TestTamperingIsNoticed(t *testing.T) {
	who := newPerson(t)
	for name, test := range map[string]struct {
		tamper func(*secret)
		want   string
	}{
		"exchanged": {func(s *secret) { s.StringData["a"], s.StringData["b.pem"] = s.StringData["b.pem"], s.StringData["a"] }, "decrypt stringData:a: it was changed, or moved from another field"},
		"removed":   {func(s *secret) { delete(s.StringData, "a") }, "the MAC is wrong: values were removed, added or reordered"},
		"emptied":   {func(s *secret) { s.StringData["a"] = "" }, "the MAC is wrong: values were removed, added or reordered"},
		"plain":     {func(s *secret) { s.StringData["a"] = "SECRET" }, "stringData: value 1 of 3 is not encrypted by sops"},
		"backdated": {func(s *secret) { s.SOPS.LastModified = "1969-01-01T00:00:00Z" }, "decrypt MAC: it was changed, or moved from another field"},
		"no MAC":    {func(s *secret) { s.SOPS.MAC = "" }, "sops.mac: is not a MAC that sops encrypted"},
		"settings":  {func(s *secret) { s.SOPS.EncryptedRegex = "" }, "sops.encrypted_regex: must be ^(data|stringData)$"},
		"nobody":    {func(s *secret) { s.SOPS.Age = nil }, "sops.age: has no recipient"},
		"damaged":   {func(s *secret) { s.SOPS.Age[0].Enc = damaged(t, s.SOPS.Age[0].Enc) }, "its data key is damaged"},
		"moved": {func(s *secret) { // into a map that has another name
			s.StringData = map[string]string{"c": s.StringData["a"]}
		}, "decrypt stringData:c: it was changed, or moved from another field"},
	} {
		sealed := seal(t, 0, nil, plain(), who)
		test.tamper(&sealed)
		if _, err := sealed.openBy(who); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

// There is no field in which anything could be published that Encrypt has not written.
func TestDocumentRefuses(t *testing.T) {
	who, other := newPerson(t), newPerson(t)
	sealed := seal(t, 0, nil, map[string]string{"a": "first", "b": "second"}, who, newQuantumPerson(t))
	const wrongKey = "is not a data key that age encrypted to one recipient"
	const plain = "stringData: value 1 of 2 is not encrypted by sops"
	for what, test := range map[string]struct {
		change func(*sops.Block, map[string]string)
		want   string
	}{
		"as it is":            {func(b *sops.Block, _ map[string]string) {}, ""},
		"other version":       {func(b *sops.Block, _ map[string]string) { b.Version = "3.8.1" }, ""},
		"other time":          {func(b *sops.Block, _ map[string]string) { b.LastModified = "2026-01-02T03:04:05+01:00" }, ""},
		"an empty value":      {func(_ *sops.Block, v map[string]string) { v["a"] = "" }, ""},
		"a plain value":       {func(_ *sops.Block, v map[string]string) { v["b"] = "SECRET" }, "stringData: value 2 of 2 is not encrypted by sops"},
		"a value that begins": {func(_ *sops.Block, v map[string]string) { v["a"] = "ENC[SECRET]" }, plain},
		"a type of its own": {func(_ *sops.Block, v map[string]string) {
			v["a"] = strings.Replace(v["a"], ",type:str]", ",type:bytes]", 1)
		}, plain},
		"base64 with blanks":  {func(_ *sops.Block, v map[string]string) { v["a"] = strings.Replace(v["a"], ",iv:", ",iv: ", 1) }, plain},
		"base64 with a break": {func(_ *sops.Block, v map[string]string) { v["a"] = strings.Replace(v["a"], ",iv:", ",iv:\n", 1) }, plain},
		"base64 of another":   {func(_ *sops.Block, v map[string]string) { v["a"] = strings.Replace(v["a"], "=,tag:", "x=,tag:", 1) }, plain},
		"no recipient":        {func(b *sops.Block, _ map[string]string) { b.Age = nil }, "sops.age: has no recipient"},
		"a plugin":            {func(b *sops.Block, _ map[string]string) { b.Age[0].Recipient = "age1evil1abc" }, "sops.age[0].recipient: it belongs to a plugin: sealing would run the program age-plugin-evil because of a file in a repository"},
		"an SSH key":          {func(b *sops.Block, _ map[string]string) { b.Age[1].Recipient = "ssh-ed25519 AAAA" }, "sops.age[1].recipient: it is an SSH key: Flux does not support SSH keys, and age writes a tag of the key into each file"},
		"no data key":         {func(b *sops.Block, _ map[string]string) { b.Age[0].Enc = "SECRET" }, "sops.age[0].enc: " + wrongKey},
		"text behind it":      {func(b *sops.Block, _ map[string]string) { b.Age[1].Enc += "SECRET\n" }, "sops.age[1].enc: " + wrongKey},
		"text before it":      {func(b *sops.Block, _ map[string]string) { b.Age[1].Enc = "\n" + b.Age[1].Enc }, "sops.age[1].enc: " + wrongKey},
		"two recipients": {func(b *sops.Block, _ map[string]string) {
			b.Age[0].Enc = encryptTo(t, strings.Repeat("x", 32), who, other)
		}, "sops.age[0].enc: " + wrongKey},
		"more than a key":    {func(b *sops.Block, _ map[string]string) { b.Age[0].Enc = encryptTo(t, strings.Repeat("x", 33), who) }, "sops.age[0].enc: " + wrongKey},
		"an armored text":    {func(b *sops.Block, _ map[string]string) { b.Age[0].Enc = armored(t, "SECRET") }, "sops.age[0].enc: " + wrongKey},
		"other regex":        {func(b *sops.Block, _ map[string]string) { b.EncryptedRegex = "^stringData$" }, "sops.encrypted_regex: must be ^(data|stringData)$"},
		"MAC over all":       {func(b *sops.Block, _ map[string]string) { b.MACOnlyEncrypted = false }, "sops.mac_only_encrypted: must be true"},
		"a MAC that is none": {func(b *sops.Block, v map[string]string) { b.MAC = v["a"] }, "sops.mac: is not a MAC that sops encrypted"},
		"a time that is none": {func(b *sops.Block, _ map[string]string) { b.LastModified, b.Version = "SECRET", "SECRET" },
			"sops.lastmodified: must be a time such as 2006-01-02T15:04:05Z\nsops.version: must be a version of sops"},
	} {
		block, values := sealed.SOPS, maps.Clone(sealed.StringData)
		block.Age = slices.Clone(block.Age)
		test.change(&block, values)
		if _, err := sops.NewDocument("stringData", values, block); err == nil && test.want != "" || err != nil && err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", what, err, test.want)
		}
	}
}

// encryptTo is one age file for all of them, as a sops block has one for each.
func encryptTo(t *testing.T, text string, people ...person) string {
	t.Helper()
	var recipients []age.Recipient
	for _, who := range people {
		recipients = append(recipients, who.identity.(*age.X25519Identity).Recipient())
	}
	var file bytes.Buffer
	writer, err := age.Encrypt(&file, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = writer.Write([]byte(text))
	if err := errors.Join(err, writer.Close()); err != nil {
		t.Fatal(err)
	}
	return armored(t, file.String())
}

// damaged has the last bit changed.
func damaged(t *testing.T, text string) string {
	t.Helper()
	file, err := io.ReadAll(armor.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	file[len(file)-1] ^= 1
	return armored(t, string(file))
}

func armored(t *testing.T, content string) string {
	t.Helper()
	var text bytes.Buffer
	writer := armor.NewWriter(&text)
	_, err := writer.Write([]byte(content))
	if err := errors.Join(err, writer.Close()); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// FuzzDocument: what NewDocument takes is opened or refused, and no error repeats a value.
func FuzzDocument(f *testing.F) {
	who := newPerson(f)
	sealed := seal(f, 0, nil, map[string]string{"a": "first"}, who)
	f.Add(sealed.StringData["a"], sealed.SOPS.Age[0].Enc, sealed.SOPS.Age[0].Recipient, sealed.SOPS.MAC, sealed.SOPS.LastModified, sealed.SOPS.Version)
	f.Add("SECRETSECRET", "", "age1", "", "", "")
	f.Fuzz(func(t *testing.T, value, enc, recipient, mac, modified, version string) {
		block := sops.Block{Age: []sops.Stanza{{Enc: enc, Recipient: recipient}}, EncryptedRegex: sops.EncryptedRegex, MACOnlyEncrypted: true,
			MAC: mac, LastModified: modified, Version: version}
		document, err := sops.NewDocument("stringData", map[string]string{"a": value}, block)
		if err == nil {
			_, err = document.Open([]age.Identity{who.identity})
		}
		if err != nil && strings.Contains(err.Error(), "SECRETSECRET") {
			t.Errorf("it repeats a value: %v", err)
		}
	})
}
