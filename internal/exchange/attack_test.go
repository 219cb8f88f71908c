package exchange_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	format "github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

const sharedMesh = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  reader: {auth: clientCertificate}
  sites:
  - {name: north, clusters: [west]}
  - {name: south, clusters: [east]}
  - {name: late, clusters: [edge]}
  clusters: [{name: east}, {name: west}, {name: edge, reader: {auth: token, allowNonExpiring: true}}]
`

const noon = "2026-11-30T12:00:00Z"

// attacked is the workspace of site south, and the key of a partner that is known here.
type attacked struct {
	t              *testing.T
	dir            string
	partner, other ssh.Signer
}

func newAttacked(t *testing.T) attacked {
	t.Helper()
	a := attacked{t: t, dir: t.TempDir(), partner: newSSHKey(t), other: newSSHKey(t)}
	for name, text := range map[string]string{
		"mesh.yaml":          sharedMesh,
		"clusters/east.yaml": facts("east", "203.0.113.10", "198.51.100.7"),
		"clusters/west.yaml": facts("west", "203.0.113.20", "198.51.100.8"),
		"trust/allowed_signers": sshsig.Line("north", format.Namespace, a.partner.PublicKey()) +
			sshsig.Line("late", format.Namespace, a.other.PublicKey()),
	} {
		name = filepath.Join(a.dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func newSSHKey(t *testing.T) ssh.Signer {
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

func facts(cluster, server, gateway string) string {
	return "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: " + cluster + "}\nspec:\n  network: " + cluster +
		"\n  gateway: {addresses: [" + gateway + "]}\n  api: {server: \"https://" + server + "\"}\n"
}

// partnerFile is what the partner may send: its cluster has another gateway.
func partnerFile() format.Document {
	issued, _ := time.Parse(time.RFC3339, noon)
	return format.Document{
		Mesh: "shop", From: "north", Purpose: format.PurposeExchange, Serial: issued.UnixMicro(), Issued: issued, NotAfter: issued.Add(time.Hour),
		Clusters: []string{"west"},
		Items:    []format.Item{{Kind: format.ItemFacts, Cluster: "west", Text: format.NewLines([]byte(facts("west", "203.0.113.20", "198.51.100.9")))}},
	}
}

// signed is a text with the signature of a key.
func (a attacked) signed(payload string, key ssh.Signer, namespace string) []byte {
	a.t.Helper()
	signature, err := sshsig.Sign(key, namespace, []byte(payload))
	if err != nil {
		a.t.Fatal(err)
	}
	return append([]byte(payload), signature...)
}

// payload is a document without its signature.
func (a attacked) payload(document format.Document) string {
	a.t.Helper()
	text, err := format.Encode(document, a.partner)
	if err != nil {
		a.t.Fatal(err)
	}
	payload, _, _ := strings.Cut(string(text), "-----BEGIN SSH")
	return payload
}

// imports takes a file at site south, an hour after noon or later.
func (a attacked) imports(text []byte, change func(*exchange.ImportInput)) (exchange.Imported, error) {
	a.t.Helper()
	ws, err := workspace.OpenUnchecked(a.t.Context(), workspace.Source{Filename: filepath.Join(a.dir, "mesh.yaml")}.Writing("exchange import"))
	if err != nil {
		a.t.Fatal(err)
	}
	defer ws.Close()
	now, _ := time.Parse(time.RFC3339, noon)
	in := exchange.ImportInput{
		Local: exchange.Local{Workspace: ws, Site: "south"}, Files: []exchange.Named{{Name: "forged", Text: text}}, Now: now.Add(time.Minute),
		Accept: func(string, string) error { return errors.New("asked about a signer") },
	}
	if change != nil {
		change(&in)
	}
	return exchange.Import(a.t.Context(), in)
}

// files are all of the workspace with their contents; the lock aside.
func (a attacked) files() map[string]string {
	a.t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(a.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Base(name) == "lock" {
			return err
		}
		text, err := os.ReadFile(name)
		found[strings.TrimPrefix(name, a.dir+"/")] = string(text)
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return found
}

// TestForgedDocuments: a site that is known, with a key that is known, says what it may not say. Each is refused, and the
// workspace is as it was.
func TestForgedDocuments(t *testing.T) {
	root, _ := newCertificate(t, "root of the partner")
	item := func(items ...format.Item) func(*format.Document) {
		return func(d *format.Document) { d.Items = append(d.Items, items...) }
	}
	pem := func(text string) format.Lines { return format.NewLines([]byte(text)) }
	generations := func(cluster, consumer string, revoked int32, current ...int32) func(*format.Document) {
		return item(format.Item{Kind: format.ItemGenerations, Cluster: cluster, Consumer: consumer, Current: current, Revoked: revoked})
	}
	digest := "sha256:" + strings.Repeat("0", 64)
	for name, test := range map[string]struct {
		edit func(*format.Document)
		want string
	}{
		"facts of another site's cluster": {item(format.Item{Kind: format.ItemFacts, Cluster: "east", Text: pem(facts("east", "203.0.113.66", "198.51.100.66"))}),
			"facts of east: site north does not speak for east"},
		"clusters of another site":                   {func(d *format.Document) { d.Clusters = []string{"east", "west"} }, "clusters: site north does not speak for east"},
		"facts of a cluster that it leaves out":      {func(d *format.Document) { d.Clusters = []string{} }, "facts of west: the file does not list west in its clusters"},
		"facts of a cluster of no site":              {item(format.Item{Kind: format.ItemFacts, Cluster: "moon", Text: pem("x")}), "facts of moon: moon is not a cluster of mesh.yaml"},
		"in the name of another site":                {func(d *format.Document) { d.From = "late" }, "signed with " + fingerprint + ": the key signs for north, not for late"},
		"in the name of this site":                   {func(d *format.Document) { d.From = "south" }, "signed with " + fingerprint + ": the key signs for north, not for south"},
		"of another mesh":                            {func(d *format.Document) { d.Mesh = "store" }, "the file is for mesh store, not shop"},
		"a root":                                     {item(format.Item{Kind: format.ItemRoots, Text: pem(root)}), "root " + hexDigest + ` (CN=root of the partner) is not pinned in mesh.yaml`},
		"no root":                                    {item(format.Item{Kind: format.ItemRoots, Text: pem("none")}), "roots: invalid PEM encoded certificate"},
		"a revocation of another's reader":           {generations("east", "west", 1), "generations of west in east: site north does not speak for east"},
		"a rotation of another's reader":             {generations("edge", "east", 0, 2), "generations of east in edge: site north does not speak for edge"},
		"a revocation of a reader that there is not": {generations("west", "moon", 1), "generations of moon in west: moon is not a cluster of mesh.yaml"},
		"generations out of order":                   {generations("west", "east", 0, 2, 1), "generations of east in west: the generations are not in order"},
		"a revoked generation that counts":           {generations("west", "east", 3, 2), "generations of east in west: generation 3 and all earlier ones are revoked and cannot become valid again"},
		"a request in the name of another": {item(format.Item{Kind: format.ItemClientRequest, Cluster: "east", Consumer: "edge", Generation: 1, Text: pem("x")}),
			"request of edge for a client certificate of east: site north does not speak for edge"},
		"a request for a later generation": {item(format.Item{Kind: format.ItemClientRequest, Cluster: "east", Consumer: "west", Generation: 7, Text: pem("x")}),
			"request of west for a client certificate of east: for generation 7, but the current one is 1"},
		"a signing request of another": {item(format.Item{Kind: format.ItemSigningRequest, Cluster: "east", Text: pem("x")}),
			"request for the intermediate certificate of east: site north does not speak for east"},
		"a signing certificate that nothing asked for": {item(format.Item{Kind: format.ItemSigningCertificate, Cluster: "east", Answers: digest, Text: pem(root)}),
			"intermediate certificate of east: trust/east/ca.csr contains no matching request"},
		"a signing certificate of a root of its own": {item(format.Item{Kind: format.ItemSigningCertificate, Cluster: "west", Text: pem(root)}),
			"intermediate certificate of west: incomplete signing CA bundle detected: root-cert.pem missing"},
		"a client certificate of another's cluster": {item(format.Item{Kind: format.ItemClientCertificate, Cluster: "edge", Consumer: "east", Generation: 1, Answers: digest, Text: pem(root)}),
			"client certificate of east for edge: site north does not speak for edge"},
		"a token of another's cluster": {item(format.Item{Kind: format.ItemToken, Cluster: "edge", Consumer: "east", Generation: 1, Recipients: []string{"age1x"}, Text: pem("x")}),
			"token of east for edge: site north does not speak for edge"},
		"a token where certificates are used": {item(format.Item{Kind: format.ItemToken, Cluster: "west", Consumer: "east", Generation: 1, Recipients: []string{"age1x"}, Text: pem("x")}),
			"token of east for west: the credential of east in mesh.yaml is of kind clientCertificate"},
		"expired": {func(d *format.Document) { d.Issued, d.NotAfter = d.Issued.Add(-2*time.Hour), d.Issued }, "the file expired on " + noon},
		"expired, in words of another time zone": {func(d *format.Document) {
			d.Issued, d.NotAfter = d.Issued.Add(-2*time.Hour), d.Issued.In(time.FixedZone("", 14*60*60))
		}, "the file expired on 2026-12-01T02:00:00+14:00"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAttacked(t)
			document := partnerFile()
			test.edit(&document)
			a.wantRefused([]byte(a.payload(document)), a.partner, test.want)
		})
	}
}

// What a message says of keys that every run makes again.
const (
	fingerprint = "SHA256:KEY"
	hexDigest   = "DIGEST"
)

func (a attacked) wantRefused(payload []byte, key ssh.Signer, want string) {
	a.t.Helper()
	before := a.files()
	_, err := a.imports(a.signed(string(payload), key, format.Namespace), nil)
	if err == nil {
		a.t.Fatalf("it is accepted, want %s", want)
	}
	got := strings.TrimPrefix(strings.ReplaceAll(strings.ReplaceAll(err.Error(), a.dir+"/", ""), ssh.FingerprintSHA256(key.PublicKey()), fingerprint), "forged: ")
	if words := strings.Fields(got); len(words) > 1 && len(words[1]) == 64 {
		got = strings.Replace(got, words[1], hexDigest, 1)
	}
	if got != want {
		a.t.Errorf("got %s, want %s", got, want)
	}
	if diff := cmp.Diff(before, a.files()); diff != "" {
		a.t.Errorf("the workspace has changed:\n%s", diff)
	}
}

// TestForgedTexts: what an export cannot write, because the program that signs it is another one.
func TestForgedTexts(t *testing.T) {
	for name, test := range map[string]struct{ old, now, want string }{
		"a key twice":                    {`"cluster": "west"`, `"cluster": "west", "cluster": "east"`, "items[0].cluster: duplicate field"},
		"a key twice, once escaped":      {`"cluster": "west"`, `"cluster": "west", "\u0063luster": "east"`, "items[0].cluster: duplicate field"},
		"a key in another case":          {`"cluster": "west"`, `"cluster": "west", "Cluster": "east"`, "items[0].Cluster: unknown field"},
		"a key that folds to another":    {`"kind": "facts"`, `"kind": "facts", "\u212aind": "token"`, "items[0].\u212aind: unknown field"},
		"a name that looks like another": {`"cluster": "west"`, `"cluster": "w\u0435st"`, `items[0]: cluster: "wеst" is not a cluster name`},
		"a site that looks like another": {`"from": "north"`, `"from": "n\u043erth"`, `mesh and from: "shop" and "nоrth" must be names`},
		"a name in capitals":             {`"cluster": "west"`, `"cluster": "West"`, `items[0]: cluster: "West" is not a cluster name`},
		"a path":                         {`"cluster": "west"`, `"cluster": "../../west"`, `items[0]: cluster: "../../west" is not a cluster name`},
		"a path with a NUL":              {`"cluster": "west"`, `"cluster": "west\u0000"`, `items[0]: cluster: "west\x00" is not a cluster name`},
		"a file of this program":         {`"cluster": "west"`, `"cluster": ".kubectl-mesh"`, `items[0]: cluster: ".kubectl-mesh" is not a cluster name`},
		"the last serial number":         {`"serial": 1796040000000000`, `"serial": 9223372036854775807`, "serial: must be a positive number of microseconds, before the year 10000"},
		"a larger serial number":         {`"serial": 1796040000000000`, `"serial": 18446744073709551616`, "serial: must be a number, and is a number"},
		"a serial number below zero":     {`"serial": 1796040000000000`, `"serial": -1`, "serial: must be a positive number of microseconds, before the year 10000"},
		"a recipient that is none":       {`"items": [`, `"items": [` + tokenItem("age1\\u001b[2J") + ", ", "items[0]: recipients[0]: not an age recipient"},
		"an answer that is none":         {`"items": [`, `"items": [{"kind": "clientCertificate", "cluster": "west", "consumer": "east", "generation": 1, "answers": "all", "text": ["x"]}, `, "items[0]: answers: not a SHA-256"},
		"a serial number in floats":      {`"serial": 1`, `"serial": 1e15, "was": 1`, "serial: must be a number, and is a number"},
		"a serial number in words":       {`"serial": 1`, `"serial": "1", "was": 1`, "serial: must be a number, and is a string"},
		"no end":                         {`"notAfter": "2026`, `"notAfter": "9999`, "notAfter: must be within a year after issued"},
		"an end before the beginning":    {`"notAfter": "2026`, `"notAfter": "2025`, "notAfter: must be within a year after issued"},
		"a time without a zone":          {`12:00:00Z"`, `12:00:00"`, "the document is not JSON"},
		"the hour 24":                    {`12:00:00Z"`, `24:00:00Z"`, "the document is not JSON"},
		"two lines in one":               {`"text": [`, `"text": ["a\nb", `, "items[0]: text[0]: more than one line"},
		"a field of another kind":        {`"kind": "facts"`, `"kind": "facts", "revoked": 1`, "items[0]: revoked: not a field of facts"},
		"an unknown field":               {`"kind": "facts"`, `"kind": "facts", "path": "mesh.yaml"`, "items[0].path: unknown field"},
		"an item that is none":           {`"items": [`, `"items": [null, `, `items[0]: kind: "" is unknown`},
		"an item of no kind":             {`"items": [`, `"items": [{}, `, `items[0]: kind: "" is unknown`},
		"letters that are none":          {`"from": "north"`, "\"from\": \"north\xff\"", "the document is not UTF-8 text"},
		"half a character":               {`"from": "north"`, `"from": "north\ud800"`, `mesh and from: "shop" and "north�" must be names`},
		"facts with a context":           {`"  network: west"`, `"  network: west", "  context: admin"`, "facts of west: spec.context: a facts file cannot set it: set it in mesh.yaml"},
		"facts with a UID":               {`"  network: west"`, `"  network: west", "  uid: 1"`, "facts of west: spec.uid: a facts file cannot set it: only commands in this workspace record it, in .kubectl-mesh/state.yaml"},
		"facts of two documents":         {`"  network: west"`, `"  network: west", "---", "kind: Mesh"`, "facts of west: a second document begins here"},
		"facts with a control character": {`"  network: west"`, `"  network: west # \u001b[2J"`, "facts of west: contains the character U+001B"},
		"facts that read backwards":      {`"  network: west"`, `"  network: west # \u202e"`, "facts of west: contains the character U+202E"},
		"a byte order mark":              {"{\n", "\ufeff{\n", "the document is not JSON"},
		"a second document":              {"\n}\n", "\n}\n{}\n", "the document is not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAttacked(t)
			payload := a.payload(partnerFile())
			if !strings.Contains(payload, test.old) {
				t.Fatalf("nothing says %s in\n%s", test.old, payload)
			}
			a.wantRefused([]byte(strings.Replace(payload, test.old, test.now, 1)), a.partner, test.want)
		})
	}
}

func tokenItem(recipient string) string {
	return `{"kind": "token", "cluster": "west", "consumer": "east", "generation": 1, "recipients": ["` + recipient + `"], "text": ["x"]}`
}

// TestForgedSignatures: the text is right, and who vouches for it, or for what, is not.
func TestForgedSignatures(t *testing.T) {
	a := newAttacked(t)
	payload := a.payload(partnerFile())
	for name, test := range map[string]struct {
		text []byte
		want string
	}{
		"of the namespace of git":          {a.signed(payload, a.partner, "git"), `the signature is for "git", not for "kubectl-mesh.dev/exchange"`},
		"of a namespace that begins so":    {a.signed(payload, a.partner, format.Namespace+"/receipt"), `the signature is for "kubectl-mesh.dev/exchange/receipt", not for "kubectl-mesh.dev/exchange"`},
		"of a namespace with a NUL":        {a.signed(payload, a.partner, format.Namespace+"\x00"), `the signature is for "kubectl-mesh.dev/exchange\x00", not for "kubectl-mesh.dev/exchange"`},
		"of the key of another site":       {a.signed(payload, a.other, format.Namespace), "signed with " + ssh.FingerprintSHA256(a.other.PublicKey()) + ": the key signs for late, not for north"},
		"of a key that nobody knows":       {a.signed(payload, newSSHKey(t), format.Namespace), "asked about a signer"},
		"with text before it":              {append([]byte("# "), a.signed(payload, a.partner, format.Namespace)...), "the signature does not match the text"},
		"with text after it":               {append(a.signed(payload, a.partner, format.Namespace), "more"...), "read SSH signature: not a single block -----BEGIN SSH SIGNATURE-----"},
		"twice":                            {a.signed(string(a.signed(payload, a.other, format.Namespace)), a.partner, format.Namespace), "read SSH signature: damaged"},
		"of nothing":                       {a.signed("", a.partner, format.Namespace), "the file has no SSH signature: it is not an exchange file, or it is truncated"},
		"that is not at the end of a line": {[]byte(strings.Replace(string(a.signed(payload, a.partner, format.Namespace)), "\n-----BEGIN", "-----BEGIN", 1)), "the file has no SSH signature: it is not an exchange file, or it is truncated"},
	} {
		before := a.files()
		_, err := a.imports(test.text, nil)
		if got := strings.TrimPrefix(errText(err), "forged: "); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
		if diff := cmp.Diff(before, a.files()); diff != "" {
			t.Errorf("%s: the workspace has changed:\n%s", name, diff)
		}
	}
}

// TestForgedAnswers: certificates for the key that is here, and requests that carry more than a request.
func TestForgedAnswers(t *testing.T) {
	key, err := kubeconfig.NewClientKey()
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := kubeconfig.NewClientKey()
	if err != nil {
		t.Fatal(err)
	}
	request := newRequest(t, key, "mesh:east")
	_, authority := newCertificate(t, "API server of west")
	right, another := signClient(t, request, authority), newRequest(t, key, "mesh:east")
	certificate := func(text []byte, answers string) format.Item {
		return format.Item{Kind: format.ItemClientCertificate, Cluster: "west", Consumer: "east", Generation: 1, Answers: answers, Text: format.NewLines(text)}
	}
	asks := func(text []byte) format.Item {
		return format.Item{Kind: format.ItemClientRequest, Cluster: "east", Consumer: "west", Generation: 1, Text: format.NewLines(text)}
	}
	theirs := newRequest(t, key, "mesh:west")
	for name, test := range map[string]struct {
		item format.Item
		want string
	}{
		"an answer to nothing": {certificate(right, ""), "client certificate of east for west: it answers another request, none, not the one in east-west.csr"},
		"an answer to another request": {certificate(right, format.RequestDigest(another)),
			"client certificate of east for west: it answers another request, " + format.RequestDigest(another)[:23] + ", not the one in east-west.csr"},
		"for another user": {certificate(signClient(t, newRequest(t, key, "mesh:edge"), authority), format.RequestDigest(request)),
			`client certificate of east for west: issued to "mesh:edge", expected "mesh:east"`},
		"with the key of another": {certificate(signClient(t, newRequest(t, otherKey, "mesh:east"), authority), format.RequestDigest(request)), "client certificate of east for west: parse client certificate: certificate and key do not belong together, or are not PEM"},
		"a request and a key":     {asks(append(theirs, key...)), "request of west for a client certificate of east: read client request: it is not one PEM block of type CERTIFICATE REQUEST"},
		"two requests":            {asks(append(theirs, newRequest(t, key, "mesh:east")...)), "request of west for a client certificate of east: read client request: it is not one PEM block of type CERTIFICATE REQUEST"},
		"a request and words":     {asks(append(theirs, "kind: Mesh\n"...)), "request of west for a client certificate of east: read client request: it is not one PEM block of type CERTIFICATE REQUEST"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAttacked(t)
			a.write("east-west.csr", string(request))
			a.write("credentials/west/east/client.key", string(key))
			document := partnerFile()
			document.Items = append(document.Items, test.item)
			a.wantRefused([]byte(a.payload(document)), a.partner, test.want)
		})
	}
	a := newAttacked(t)
	a.write("east-west.csr", string(request))
	a.write("credentials/west/east/client.key", string(key))
	document := partnerFile()
	document.Items = append(document.Items, certificate(right, format.RequestDigest(request)))
	if _, err := a.imports(a.signed(a.payload(document), a.partner, format.Namespace), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(a.dir, "east-west.csr")); err != nil { // what was answered may go
		t.Fatal(err)
	}
	document.Serial++
	if _, err := a.imports(a.signed(a.payload(document), a.partner, format.Namespace), nil); err != nil {
		t.Errorf("the same certificate without its request: %v", err)
	}
}

// TestRequestsThatShareAFile: the names of a pair of clusters do not tell where the first one ends.
func TestRequestsThatShareAFile(t *testing.T) {
	key, err := kubeconfig.NewClientKey()
	if err != nil {
		t.Fatal(err)
	}
	a := newAttacked(t)
	a.write("mesh.yaml", strings.NewReplacer("[west]", "[a]", "[east]", "[c, b-c]", "[edge]", "[a-b]", "[{name: east}, {name: west}, {name: edge, reader: {auth: token, allowNonExpiring: true}}]",
		"[{name: a}, {name: b-c}, {name: c}, {name: a-b}]").Replace(sharedMesh))
	for _, cluster := range []string{"east", "west"} {
		if err := os.Remove(filepath.Join(a.dir, "clusters", cluster+".yaml")); err != nil {
			t.Fatal(err)
		}
	}
	document := partnerFile()
	document.Clusters = []string{"a"}
	document.Items = []format.Item{{Kind: format.ItemClientRequest, Cluster: "b-c", Consumer: "a", Generation: 1, Text: format.NewLines(newRequest(t, key, "mesh:a"))}}
	a.wantRefused([]byte(a.payload(document)), a.partner,
		"request of a for a client certificate of b-c: a-b-c.csr is also the file for the request of a-b for c")
}

func (a attacked) write(name, text string) {
	a.t.Helper()
	name = filepath.Join(a.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
		a.t.Fatal(err)
	}
}

func newRequest(t *testing.T, key []byte, user string) []byte {
	t.Helper()
	request, err := kubeconfig.NewClientRequest(key, user)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// signClient does what an API server does with a request.
func signClient(t *testing.T, request []byte, authority *ecdsa.PrivateKey) []byte {
	t.Helper()
	block, _ := pem.Decode(request)
	asked, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	issued, _ := time.Parse(time.RFC3339, noon)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: asked.Subject, NotBefore: issued.Add(-time.Hour), NotAfter: issued.Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	parent := &x509.Certificate{Subject: pkix.Name{CommonName: "API server of west"}}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, asked.PublicKey, authority)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func errText(err error) string {
	if err == nil {
		return "accepted"
	}
	return err.Error()
}

// newCertificate is a certificate that signs itself, and its key.
func newCertificate(t *testing.T, name string) (text string, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issued, _ := time.Parse(time.RFC3339, noon)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: issued.Add(-time.Hour), NotAfter: issued.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, URIs: []*url.URL{{Scheme: "spiffe", Host: "cluster.local"}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), key
}

// TestShownBeforeWritten: what moves is shown in the words of a review, and nothing is written before.
func TestShownBeforeWritten(t *testing.T) {
	a := newAttacked(t)
	document := partnerFile()
	document.Items[0].Text = format.NewLines([]byte(facts("west", "203.0.113.66", "198.51.100.9")))
	before := a.files()
	shown := ""
	done, err := a.imports(a.signed(a.payload(document), a.partner, format.Namespace), func(in *exchange.ImportInput) {
		in.Show = func(done exchange.Imported) {
			shown = done.Review.Entries()
			if diff := cmp.Diff(before, a.files()); diff != "" {
				t.Errorf("something is written before it is shown:\n%s", diff)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"https://203.0.113.20", "https://203.0.113.66", "198.51.100.9"} {
		if !strings.Contains(shown, want) {
			t.Errorf("nothing says %s:\n%s", want, shown)
		}
	}
	if done.Written != 2 {
		t.Errorf("%d files are written, want the facts and the state", done.Written)
	}
}

// TestClockAhead: a site whose clock was ahead would be shut out until that time has come; a command lets it in again.
func TestClockAhead(t *testing.T) {
	a := newAttacked(t)
	var warned []string
	ahead := partnerFile()
	ahead.Serial += (365 * 24 * time.Hour).Microseconds()
	warns := func(in *exchange.ImportInput) {
		in.Log = func(notice hint.Notice) { warned = append(warned, notice.Text) }
	}
	if _, err := a.imports(a.signed(a.payload(ahead), a.partner, format.Namespace), warns); err != nil {
		t.Fatal(err)
	}
	if want := []string{"the serial number of north is 8759h59m0s ahead of the clock here"}; cmp.Diff(want, warned) != "" {
		t.Errorf("warned of %q, want %q", warned, want)
	}
	later := a.signed(a.payload(partnerFile()), a.partner, format.Namespace)
	want := "forged: the file is older than the last one of north: serial number " + strconv.FormatInt(partnerFile().Serial, 10) +
		", but " + strconv.FormatInt(ahead.Serial, 10) + " was already imported"
	if _, err := a.imports(later, nil); errText(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	accept := func(in *exchange.ImportInput) { in.AcceptOlder = []string{"north"} }
	if _, err := a.imports(later, accept); err != nil {
		t.Fatal(err)
	}
	if _, err := a.imports(later, nil); err != nil {
		t.Errorf("the same file again: %v", err)
	}
}
