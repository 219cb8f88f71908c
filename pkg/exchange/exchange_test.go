package exchange_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

func newSigner(t testing.TB) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func document() exchange.Document {
	issued := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	return exchange.Document{
		Mesh: "shop", From: "north", Purpose: exchange.PurposeExchange, Serial: 7, Issued: issued, NotAfter: issued.Add(time.Hour),
		Clusters: []string{"west"},
		Items: []exchange.Item{
			{Kind: exchange.ItemFacts, Cluster: "west", Text: exchange.NewLines([]byte("kind: <ClusterFacts> & more\n\n"))},
			{Kind: exchange.ItemGenerations, Cluster: "west", Consumer: "east", Current: []int32{2}, Revoked: 1},
		},
	}
}

func signed(t testing.TB, payload string) []byte {
	t.Helper()
	signature, err := sshsig.Sign(newSigner(t), exchange.Namespace, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(payload), signature...)
}

func TestRoundTrip(t *testing.T) {
	signer := newSigner(t)
	text, err := exchange.Encode(document(), signer)
	if err != nil {
		t.Fatal(err)
	}
	again, err := exchange.Encode(document(), signer)
	if err != nil || !bytes.Equal(text, again) {
		t.Error("the same document has another text", err)
	}
	file, err := exchange.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	file.TypeMeta = document().TypeMeta
	if diff := cmp.Diff(document(), file.Document); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := string(file.Items[0].Text.Join()); got != "kind: <ClusterFacts> & more\n\n" {
		t.Errorf("the text is %q", got)
	}
	if !strings.Contains(string(text), "\n        \"kind: <ClusterFacts> & more\",\n") {
		t.Error("the JSON does not read as lines")
	}
}

func TestParseRefuses(t *testing.T) {
	text, err := exchange.Encode(document(), newSigner(t))
	if err != nil {
		t.Fatal(err)
	}
	payload, _, _ := strings.Cut(string(text), "-----BEGIN")
	edit := func(old, now string) []byte {
		if !strings.Contains(payload, old) {
			t.Fatalf("nothing says %s", old)
		}
		return signed(t, strings.Replace(payload, old, now, 1))
	}
	for name, test := range map[string]struct {
		text []byte
		want string
	}{
		"no signature":      {[]byte(payload), "the file has no SSH signature: it is not an exchange file, or it is truncated"},
		"changed":           {bytes.Replace(text, []byte("west"), []byte("east"), 1), "the signature does not match the text"},
		"trailing text":     {append(bytes.Clone(text), "more"...), "read SSH signature: not a single block -----BEGIN SSH SIGNATURE-----"},
		"another kind":      {edit(`"Exchange"`, `"Mesh"`), "the file is not of kind Exchange, kubectl-mesh.dev/v1alpha1"},
		"another version":   {edit(`v1alpha1"`, `v2"`), "the file is not of kind Exchange, kubectl-mesh.dev/v1alpha1"},
		"unknown field":     {edit(`"serial"`, `"context": "x", "serial"`), "context: unknown field"},
		"in another case":   {edit(`"serial"`, `"Serial"`), "Serial: unknown field"},
		"twice":             {edit(`"serial": 7`, `"serial": 7, "serial": 9`), "serial: duplicate field"},
		"unknown purpose":   {edit(`"purpose": "exchange"`, `"purpose": "order"`), `purpose: "order" is unknown`},
		"no serial":         {edit(`"serial": 7`, `"serial": 0`), "serial: must be a positive number of microseconds, before the year 10000"},
		"endless":           {edit(`"notAfter": "2026`, `"notAfter": "2996`), "notAfter: must be within a year after issued"},
		"a path":            {edit(`"cluster": "west"`, `"cluster": "../west"`), `items[0]: cluster: "../west" is not a cluster name`},
		"no text":           {edit(`"kind": "generations"`, `"kind": "token"`), "items[1]: generation: 0 is not between 1 and 9999"},
		"a generation":      {edit(`"revoked": 1`, `"revoked": -1`), "items[1]: revoked: -1 is not between 1 and 9999"},
		"the same again":    {edit("{\n      \"kind\": \"facts\"", `{"kind": "facts", "cluster": "west", "text": ["x"]}, {"kind": "facts"`), "items[1]: duplicate of items[0]"},
		"a field of others": {edit(`"kind": "generations"`, `"kind": "facts", "text": ["x"]`), "items[1]: consumer: not a field of facts"},
		"a second document": {signed(t, payload+"{}\n"), "the document is not JSON"},
	} {
		if _, err := exchange.Parse(test.text); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

// TestParseIsBounded: what is too large, too long or too deep costs little more than reading it.
func TestParseIsBounded(t *testing.T) {
	item := `{"kind":"facts","cluster":"west","text":["x"]},`
	for name, test := range map[string]struct {
		payload string
		want    string
	}{
		"100 MB":            {strings.Repeat(" ", 100<<20), "the file is larger than 16 MiB"},
		"100,000 entries":   {`{"items":[` + strings.Repeat(item, 100_000) + "]}\n", "the file has more than 20000 entries"},
		"100,000 levels":    {strings.Repeat("[", 100_000) + "\n", "the file is nested more than 8 levels deep"},
		"a million strings": {`{"clusters":[` + strings.Repeat(`"",`, 1_000_000) + "]}\n", "the file has more than 20000 entries"},
	} {
		t.Run(name, func(t *testing.T) {
			text := signed(t, test.payload)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := exchange.Parse(text)
			runtime.ReadMemStats(&after)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
				t.Errorf("refusing it takes %d bytes", used)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	text, err := exchange.Encode(document(), newSigner(f))
	if err != nil {
		f.Fatal(err)
	}
	payload, _, _ := strings.Cut(string(text), "-----BEGIN")
	f.Add(payload)
	f.Add("{}\n")
	f.Add(`{"items":[{"kind":"roots","text":null}]}` + "\n")
	signer := newSigner(f)
	f.Fuzz(func(t *testing.T, payload string) {
		signature, err := sshsig.Sign(signer, exchange.Namespace, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		file, err := exchange.Parse(append([]byte(payload), signature...))
		if err != nil {
			return
		}
		if _, err := exchange.Encode(file.Document, signer); err != nil {
			t.Errorf("it is accepted and cannot be written: %v", err)
		}
	})
}
