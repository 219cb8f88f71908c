package sealing_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// The payload has every claim that becomes a fact: a subject with a character that no terminal is to
// see, two audiences, times; the header has a key ID.
const token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImtleS0xIn0." +
	"eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6aXN0aW8tc3lzdGVtOm1lc2gtcmVhZGVyLWVhc3RcdTAwMWIiLCJpc3MiOiJodHRwczovL2lzc3VlciIsImF1ZCI6WyJhIiwiYiJdLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTgwMDAwMDAwMH0." +
	"c2lnbmF0dXJl"

// remote is the Secret with which east reads west.
func remote(t testing.TB, change func(*kubeconfig.Remote)) sealing.Secret {
	t.Helper()
	r := kubeconfig.Remote{ClusterID: "west", Server: "https://203.0.113.20"}
	var err error
	if r.Token, err = kubeconfig.ParseToken([]byte(token)); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&r)
	}
	config, err := r.Config()
	if err != nil {
		t.Fatal(err)
	}
	text, err := manifest.Encode(config)
	if err != nil {
		t.Fatal(err)
	}
	return sealing.Secret{Namespace: "istio-system", Name: "istio-remote-secret-west", Plain: map[string]string{"west": string(text)},
		Labels:      map[string]string{"app.kubernetes.io/managed-by": "kubectl-mesh", "istio/multiCluster": "true", "kubectl-mesh.dev/mesh": "shop"},
		Annotations: map[string]string{"networking.istio.io/cluster": "west"}}
}

func withToken(text string) func(*kubeconfig.Remote) {
	return func(r *kubeconfig.Remote) { r.Token, _ = kubeconfig.ParseToken([]byte(text)) }
}

// cacerts is the Secret that istiod signs with.
func cacerts(t testing.TB) sealing.Secret {
	t.Helper()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	rootKey, err := trust.NewKey(trust.P256)
	if err != nil {
		t.Fatal(err)
	}
	root, err := trust.NewRoot("shop", rootKey, 1, now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := trust.NewKey(trust.P256)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := root.Issue(key.Public(), trust.Intermediate{Mesh: "shop", Cluster: "east", TrustDomain: "cluster.local", Generation: 1, Validity: 1000 * time.Hour}, now)
	if err != nil {
		t.Fatal(err)
	}
	text := trust.EncodeCertificates(root.Certificate)
	bundle := trust.NewBundle(certificate, []*x509.Certificate{root.Certificate}, text, key)
	private, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	plain := map[string]string{trust.CAKeyFile: string(private)}
	for name, content := range bundle.Public() {
		plain[name] = string(content)
	}
	return sealing.Secret{Namespace: "istio-system", Name: "cacerts", Type: "Opaque", Plain: plain, Annotations: pruneguard.Annotations()}
}

// holder can open what is sealed.
type holder struct {
	keys       sealing.Keys
	recipient  sops.Recipient
	controller *x509.Certificate
}

func newHolder(t testing.TB) holder {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := sops.ParseRecipient(identity.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	return holder{keys: keysOf(t, "# a comment\n"+identity.String()+"\n"), recipient: recipient}
}

// newController opens SealedSecrets.
func newController(t testing.TB) holder {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return holder{keys: keysOf(t, string(text)), controller: certificate}
}

func keysOf(t testing.TB, text string) sealing.Keys {
	t.Helper()
	keys, err := sealing.ParseKeys([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (h holder) sealer() sealing.Sealer {
	if h.controller != nil {
		return sealing.Sealer{Controller: sealing.Controller(h.controller)}
	}
	return sealing.Sealer{Recipients: []string{h.recipient.String()}}
}

func (h holder) seal(t testing.TB, secret sealing.Secret, source string) string {
	t.Helper()
	var text []byte
	var err error
	if h.controller != nil {
		text, err = secret.SealedSecret(rand.Reader, h.controller, source)
	} else {
		text, err = secret.SOPS(sops.Encryption{Recipients: []sops.Recipient{h.recipient}, Now: time.Unix(0, 0), Random: rand.Reader}, source)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parse(t testing.TB, text string) *sealing.File {
	t.Helper()
	file, err := sealing.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return file
}

func TestFactsOfAToken(t *testing.T) {
	got, err := sealing.Describe(remote(t, func(r *kubeconfig.Remote) { r.TLSServerName, r.ProxyURL = "api.west", "http://proxy:3128" }).Plain)
	want := map[string]string{
		"kubectl-mesh.dev/peer": "west", "kubectl-mesh.dev/server": "https://203.0.113.20",
		"kubectl-mesh.dev/tls-server-name": "api.west", "kubectl-mesh.dev/proxy-url": "http://proxy:3128",
		"kubectl-mesh.dev/token-subject": `"system:serviceaccount:istio-system:mesh-reader-east\x1b"`,
		"kubectl-mesh.dev/token-issuer":  "https://issuer", "kubectl-mesh.dev/token-audience": "a,b", "kubectl-mesh.dev/token-key-id": "key-1",
		"kubectl-mesh.dev/token-issued-at": "2023-11-14T22:13:20Z", "kubectl-mesh.dev/token-expires": "2027-01-15T08:00:00Z",
		"kubectl-mesh.dev/token-claims-sha256": fmt.Sprintf("%x", sha256.Sum256([]byte(token[:strings.LastIndex(token, ".")]))),
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	again, err := sealing.Describe(remote(t, withToken(strings.Replace(token, "c2ln", "b3Ro", 1))).Plain)
	if sum := again["kubectl-mesh.dev/token-claims-sha256"]; err != nil || sum != got["kubectl-mesh.dev/token-claims-sha256"] {
		t.Errorf("the sum depends on the signature, which is secret: %s, %v", sum, err)
	}
}

// The facts of a client certificate name each certificate of its chain; other text in it is more than they tell.
func TestFactsOfAClientCertificate(t *testing.T) {
	key, err := trust.NewKey(trust.P256)
	if err != nil {
		t.Fatal(err)
	}
	private, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := trust.NewRoot("west", key, 1, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	issuer := newController(t).controller
	secret := remote(t, func(r *kubeconfig.Remote) {
		r.Token = kubeconfig.Token{}
		if r.Certificate, err = kubeconfig.ParseClientCertificate(trust.EncodeCertificates(leaf.Certificate, issuer), private); err != nil {
			t.Fatal(err)
		}
	})
	facts, err := sealing.Describe(secret.Plain)
	if want := trust.Fingerprint(leaf.Certificate) + "," + trust.Fingerprint(issuer); err != nil || facts["kubectl-mesh.dev/client-certificate-sha256"] != want {
		t.Errorf("got %v, %v, want %s", facts, err, want)
	}
	noted := append([]byte("a note\n"), trust.EncodeCertificates(leaf.Certificate)...)
	plain := base64.StdEncoding.EncodeToString(trust.EncodeCertificates(leaf.Certificate, issuer))
	config := strings.Replace(secret.Plain["west"], plain, base64.StdEncoding.EncodeToString(noted), 1)
	if _, err := sealing.Describe(map[string]string{"west": config}); fmt.Sprint(err) != "its kubeconfig contains fields that kubectl mesh does not write" {
		t.Errorf("with a note: %v", err)
	}
}

// What is sealed in both forms opens for its holder, is what its annotations say, and shows nothing.
func TestSealAndProve(t *testing.T) {
	for name, holder := range map[string]holder{"sops": newHolder(t), "SealedSecret": newController(t)} {
		for what, secret := range map[string]sealing.Secret{"remote secret": remote(t, nil), "cacerts": cacerts(t)} {
			t.Run(name+" of "+what, func(t *testing.T) {
				text := holder.seal(t, secret, "hmac-sha256:00:11")
				for _, plain := range secret.Plain {
					for line := range strings.Lines(plain) {
						if len(line) > 40 && strings.Contains(text, strings.TrimSpace(line)) {
							t.Errorf("it shows %q", line)
						}
					}
				}
				file := parse(t, text)
				if err := file.Prove(holder.keys); err != nil {
					t.Error(err)
				}
				opened, err := file.Open(holder.keys)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(secret.Plain, opened.Plain); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				for other, keys := range map[string]sealing.Keys{"a stranger": newHolder(t).keys, "another controller": newController(t).keys} {
					if err := file.Prove(keys); !errors.Is(err, sealing.ErrForOthers) {
						t.Errorf("%s: %v", other, err)
					}
				}
				if why, err := file.Stale(secret, holder.sealer(), "hmac-sha256:00:11", nil); why != "" || err != nil {
					t.Errorf("just sealed, and stale: %s, %v", why, err)
				}
			})
		}
	}
}

// A SealedSecret is guarded, and has the controller guard the Secret. One from before is taken, and sealed again.
func TestPruneGuards(t *testing.T) {
	controller, secret := newController(t), cacerts(t)
	sealed := controller.seal(t, secret, "")
	const guard = "kustomize.toolkit.fluxcd.io/prune: disabled\n"
	if count := strings.Count(sealed, "\n    "+guard) + strings.Count(sealed, "\n        "+guard); count != 2 {
		t.Errorf("guarded %d times:\n%s", count, sealed)
	}
	for what, text := range map[string]string{
		"none in the template":       strings.Replace(sealed, "        "+guard, "", 1),
		"none on the SealedSecret":   strings.Replace(sealed, "    "+guard, "", 1),
		"no annotations of template": sealed[:strings.Index(sealed, "      annotations:\n")] + sealed[strings.Index(sealed, "      name: cacerts\n"):],
	} {
		file := parse(t, text)
		if err := file.Prove(controller.keys); err != nil || text == sealed {
			t.Errorf("%s: %v in\n%s", what, err, text)
		}
		if why, err := file.Stale(secret, controller.sealer(), "", nil); why != "other labels or annotations" || err != nil {
			t.Errorf("%s: got %q, %v", what, why, err)
		}
	}
}

// kustomize writes the same text again, and what it has renamed still opens.
func TestSurvivesKustomize(t *testing.T) {
	holder := newHolder(t)
	disk := filesys.MakeFsInMemory()
	write := func(name, text string) {
		if err := disk.WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	sealed := holder.seal(t, cacerts(t), "")
	write("app/secret.yaml", sealed)
	build := func(kustomization string) string {
		write("app/kustomization.yaml", kustomization)
		result, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "app")
		if err != nil {
			t.Fatal(err)
		}
		text, err := result.AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, plain, _ := strings.Cut(sealed, "\n") // without the comment
	if diff := cmp.Diff(plain, build("resources: [secret.yaml]")); diff != "" {
		t.Errorf("(-ours +kustomize):\n%s", diff)
	}
	changed := build("resources: [secret.yaml]\nnamePrefix: a-\nnamespace: other\n")
	if err := parse(t, changed).Prove(holder.keys); err != nil || !strings.Contains(changed, "a-cacerts") {
		t.Errorf("%v in\n%s", err, changed)
	}
}

// Whoever exchanges the ciphertext, or an annotation, is found out.
func TestProveFindsLies(t *testing.T) {
	const server = `annotation kubectl-mesh.dev/server is "https://203.0.113.20", but the sealed content is "https://198.51.100.66"`
	for name, holder := range map[string]holder{"sops": newHolder(t), "SealedSecret": newController(t)} {
		honest := holder.seal(t, remote(t, nil), "")
		evil := holder.seal(t, remote(t, func(r *kubeconfig.Remote) { r.Server = "https://198.51.100.66" }), "")
		for what, test := range map[string]struct{ text, want string }{
			"honest":               {honest, "<nil>"},
			"another server":       {strings.Replace(evil, "/server: https://198.51.100.66", "/server: https://203.0.113.20", 1), server},
			"an annotation less":   {strings.Replace(honest, "    kubectl-mesh.dev/token-key-id: key-1\n", "", 1), `annotation kubectl-mesh.dev/token-key-id is "", but the sealed content is "key-1"`},
			"a second value":       {smuggle(t, holder, honest), "the sealed content has an unexpected form: it is not a remote secret: it has 2 keys instead of one"},
			"an annotation more":   {strings.Replace(honest, "    kubectl-mesh.dev/server:", "    kubectl-mesh.dev/proxy-url: http://p\n    kubectl-mesh.dev/server:", 1), `annotation kubectl-mesh.dev/proxy-url is "http://p", but the sealed content is ""`},
			"another end of token": {strings.Replace(honest, "2027-01-15T08:00:00Z", "2028-01-15T08:00:00Z", 1), `annotation kubectl-mesh.dev/token-expires is "2028-01-15T08:00:00Z", but the sealed content is "2027-01-15T08:00:00Z"`},
		} {
			if err := parse(t, test.text).Prove(holder.keys); fmt.Sprint(err) != test.want {
				t.Errorf("%s, %s: got %v, want %s", name, what, err, test.want)
			}
		}
	}
}

// Descriptions are made of nothing that could hold more than they tell.
func TestFactsRefuse(t *testing.T) {
	config := remote(t, nil).Plain["west"]
	ca := cacerts(t).Plain
	with := func(name, text string) map[string]string {
		changed := maps.Clone(ca)
		changed[name] = text
		return changed
	}
	const more = "its kubeconfig contains fields that kubectl mesh does not write"
	for what, test := range map[string]struct {
		plain map[string]string
		want  string
	}{
		"two keys":              {map[string]string{"west": config, "north": config}, "it is not a remote secret: it has 2 keys instead of one"},
		"another key":           {map[string]string{"north": config}, `its key is "north", but its kubeconfig is for "west"`},
		"no kubeconfig":         {map[string]string{"west": "SECRET"}, "parse remote kubeconfig: not a kubeconfig"},
		"two users":             {map[string]string{"west": strings.Replace(config, "users:\n", "users:\n- name: x\n  user: {}\n", 1)}, "parse remote kubeconfig: it does not have one cluster, one context and one user"},
		"a comment":             {map[string]string{"west": "# hidden\n" + config}, more},
		"impersonation":         {map[string]string{"west": strings.Replace(config, "    token:", "    as: admin\n    token:", 1)}, more},
		"no verifying":          {map[string]string{"west": strings.Replace(config, "    server:", "    insecure-skip-tls-verify: true\n    server:", 1)}, more},
		"key in two cases":      {map[string]string{"west": strings.Replace(config, "    server:", "    Server: https://198.51.100.66\n    server:", 1)}, "parse remote kubeconfig: not a kubeconfig"},
		"exec":                  {map[string]string{"west": strings.Replace(config, "    token:", "    exec: {command: x, apiVersion: client.authentication.k8s.io/v1}\n    token:", 1)}, more},
		"another CA key":        {with(trust.CAKeyFile, cacerts(t).Plain[trust.CAKeyFile]), "istiod would reject its certificates"},
		"one file more":         {with("tls.extra", "x"), "it contains fields that kubectl mesh does not write"},
		"a text before a root":  {with(trust.RootCertFile, "hidden\n"+ca[trust.RootCertFile]), "it contains fields that kubectl mesh does not write"},
		"a text after a chain":  {with(trust.CertChainFile, ca[trust.CertChainFile]+"hidden\n"), "it contains fields that kubectl mesh does not write"},
		"a text before the key": {with(trust.CAKeyFile, "hidden\n"+ca[trust.CAKeyFile]), "it contains fields that kubectl mesh does not write"},
	} {
		if _, err := sealing.Describe(test.plain); fmt.Sprint(err) != test.want {
			t.Errorf("%s: got %v, want %s", what, err, test.want)
		}
	}
}

func TestStale(t *testing.T) {
	holder := newHolder(t)
	key, other := []byte("one key of a workspace"), []byte("the key of another one")
	secret := remote(t, nil)
	file := parse(t, holder.seal(t, secret, secret.Source(key)))
	opaque := remote(t, withToken("an-opaque-token"))
	opaqueFile := parse(t, holder.seal(t, opaque, opaque.Source(key)))
	resigned := remote(t, withToken(strings.Replace(token, "c2ln", "b3Ro", 1)))
	relabelled := remote(t, nil)
	relabelled.Labels = map[string]string{"istio/multiCluster": "true", "kubectl-mesh.dev/mesh": "other"}
	renamed := remote(t, nil)
	renamed.Namespace = "other"
	opened, err := file.Open(holder.keys)
	if err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct {
		file   *sealing.File
		secret sealing.Secret
		sealer sealing.Sealer
		key    []byte
		opened *sealing.Opened
		want   string
	}{
		"the same":                       {file, secret, holder.sealer(), key, nil, ""},
		"the same, opened":               {file, secret, holder.sealer(), other, opened, ""},
		"the same, in another workspace": {file, secret, holder.sealer(), other, nil, ""},
		"another server":                 {file, remote(t, func(r *kubeconfig.Remote) { r.Server = "https://198.51.100.66" }), holder.sealer(), key, nil, "another server"},
		"another token":                  {file, opaque, holder.sealer(), key, nil, "another token"},
		"another signature":              {file, resigned, holder.sealer(), key, nil, "another credential"},
		"another signature, opened":      {file, resigned, holder.sealer(), other, opened, "another credential"},
		"opaque":                         {opaqueFile, opaque, holder.sealer(), key, nil, ""},
		"opaque, another":                {opaqueFile, remote(t, withToken("another-opaque-token")), holder.sealer(), key, nil, "another credential"},
		"opaque, in another workspace":   {opaqueFile, opaque, holder.sealer(), other, nil, "its token contains no claims, and cannot be compared without --identity"},
		"other recipients":               {file, secret, newHolder(t).sealer(), key, nil, "other recipients"},
		"for a controller":               {file, secret, newController(t).sealer(), key, nil, "it is a Secret"},
		"other labels":                   {file, relabelled, holder.sealer(), key, nil, "other labels or annotations"},
		"another namespace":              {file, renamed, holder.sealer(), key, nil, "another name"},
	} {
		why, err := test.file.Stale(test.secret, test.sealer, test.secret.Source(test.key), test.opened)
		if why != test.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", what, why, err, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"": "the document is empty",
		"apiVersion: v1\nkind: Secret\nstringData: {a: SECRETSECRET}\n":        "it is a plain Secret: it has no sops block",
		"apiVersion: v1\nkind: Secret\nstringData: {a: SECRETSECRET}\nsops:\n": "it is a plain Secret: it has no sops block",
		"apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n":                      "it is neither a SOPS Secret nor a SealedSecret",
		"apiVersion: v1\nkind: SealedSecret\nsops: {}\n":                       "it is neither a SOPS Secret nor a SealedSecret",
		"apiversion: v1\nkind: Secret\nsops: {}\n":                             "it is neither a SOPS Secret nor a SealedSecret",
		"apiVersion: v1\nkind: List\nitems: []\n":                              "it is neither a SOPS Secret nor a SealedSecret",
		"apiVersion: [v1]\n":                           "apiVersion: must be a string, and is a list",
		"apiVersion: v1\nkind: Secret\nkind: Secret\n": "kind: duplicate field",
	} {
		if _, err := sealing.Parse([]byte(text)); fmt.Sprint(err) != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// smuggle adds a value that nobody has reviewed, as somebody with the public keys can.
func smuggle(t *testing.T, h holder, honest string) string {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal([]byte(honest), &object); err != nil {
		t.Fatal(err)
	}
	if h.controller != nil {
		sealed, err := sealedsecret.Seal(rand.Reader, h.controller.PublicKey.(*rsa.PublicKey), sealedsecret.Name{Namespace: "istio-system", Name: "istio-remote-secret-west"}, []byte("evil"))
		if err != nil {
			t.Fatal(err)
		}
		object["spec"].(map[string]any)["encryptedData"].(map[string]any)["north"] = sealed
	} else {
		cipher, block, err := sops.Encryption{Recipients: []sops.Recipient{h.recipient}, Random: rand.Reader}.Encrypt("stringData", map[string]string{"north": "evil", "west": "evil"})
		if err != nil {
			t.Fatal(err)
		}
		object["stringData"], object["sops"] = cipher, block
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func BenchmarkParse(b *testing.B) {
	text := []byte(newHolder(b).seal(b, remote(b, nil), ""))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sealing.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
