package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// maxVisit is how many commands a visit of a site may take: import, sign, approve or apply, export.
const maxVisit = 4

// TestExchange joins clusters of sites that never meet: each has a directory, a HOME and a kubeconfig for its own cluster,
// and exchange files are all that passes. A third site comes late.
func TestExchange(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("SKIPPED: ssh-keygen is not installed (Debian: openssh-client)")
	}
	all := clusters.Start(t, "east", "west", "late")
	e := newExchangeOf(t, "clientCertificate")
	south, north := e.site("south", all[0]), e.site("north", all[1])

	south.prepare("collect --pin", "ca init --insecure-no-passphrase", "ca issue --cluster east", "credentials request --pending")
	e.pinRoot(south)
	north.visit(1, "collect --pin", "ca request --pending", "credentials request --pending", "exchange export KEY -o MEDIA/north.exchange")
	south.visit(1, "exchange import MEDIA/north.exchange --accept-signer "+north.fingerprint,
		"ca sign --pending --yes", "credentials approve --pending --yes", "exchange export KEY -o MEDIA/south.exchange")
	north.visit(2, "exchange import MEDIA/south.exchange --accept-signer "+south.fingerprint,
		"credentials approve --pending --yes", "render --apply", "exchange export KEY -o MEDIA/north.exchange")
	south.visit(2, "exchange import MEDIA/north.exchange", "render --apply")
	e.wantReads(all[0], all[1])
	e.wantNothingSecret(south, north)

	late := e.site("center", all[2])
	south.prepare("credentials request --pending")
	north.prepare("credentials request --pending")
	late.visit(1, "collect --pin", "ca request --pending", "credentials request --pending", "exchange export KEY -o MEDIA/center.exchange")
	south.visit(1, "exchange import MEDIA/center.exchange --accept-signer "+late.fingerprint,
		"ca sign --pending --yes", "credentials approve --pending --yes", "exchange export KEY -o MEDIA/south.exchange")
	north.visit(1, "exchange import MEDIA/center.exchange --accept-signer "+late.fingerprint,
		"credentials approve --pending --yes", "exchange export KEY -o MEDIA/north.exchange")
	late.visit(2, "exchange import MEDIA/south.exchange MEDIA/north.exchange --accept-signer "+south.fingerprint+" --accept-signer "+north.fingerprint,
		"credentials approve --pending --yes", "render --apply", "exchange export KEY -o MEDIA/center.exchange")
	south.visit(2, "exchange import MEDIA/north.exchange MEDIA/center.exchange", "render --apply")
	north.visit(2, "exchange import MEDIA/south.exchange MEDIA/center.exchange", "render --apply")
	e.wantReads(all...)
	e.wantNothingSecret(south, north, late)
}

// TestExchangeTokens: both sites apply what holds no credential before they have heard of each other, so that each has the
// token that the other one needs. Tokens cross encrypted.
func TestExchangeTokens(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("SKIPPED: ssh-keygen is not installed (Debian: openssh-client)")
	}
	all := clusters.Start(t, "east", "west")
	e := newExchangeOf(t, "token, allowNonExpiring: true")
	south, north := e.site("south", all[0]), e.site("north", all[1])
	south.prepare("collect --pin --token=skip", "ca init --insecure-no-passphrase", "ca issue --cluster east")
	e.pinRoot(south)
	south.prepare("3 render --apply", "collect")

	north.prepare("collect --pin --token=skip", "3 render --apply")
	north.visit(1, "collect", "ca request --pending", "exchange export KEY -o MEDIA/north.exchange")
	south.visit(1, "exchange import MEDIA/north.exchange --accept-signer "+north.fingerprint, "ca sign --pending --yes",
		"render --apply", "exchange export KEY -o MEDIA/south.exchange")
	north.visit(2, "exchange import MEDIA/south.exchange --accept-signer "+south.fingerprint, "render --apply")
	e.wantReads(all...)
	e.wantNothingSecret(south, north)
}

// TestExchangeFederated: nothing crosses but facts. The site of the target renders what its API server trusts from the
// issuer that the facts of the consumer have.
func TestExchangeFederated(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("SKIPPED: ssh-keygen is not installed (Debian: openssh-client)")
	}
	all := clusters.Start(t, "east", "west")
	e := newExchangeOf(t, "token, allowNonExpiring: true")
	var served http.Handler
	documents := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { served.ServeHTTP(w, r) }))
	t.Cleanup(documents.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: documents.Certificate().Raw})
	e.spec = "  trust: {ca: {provider: none}}\n  links: [{from: [east], to: [west]}]\n"
	e.fields = map[string]string{"west": `, reader: {auth: federated, discoveryURL: "` + documents.URL + `", discoveryCertificateAuthorityData: ` +
		base64.StdEncoding.EncodeToString(authority) + "}"}
	south, north := e.site("south", all[0]), e.site("north", all[1])
	served = http.FileServer(http.Dir(north.path("deploy/authentication/west")))

	south.visit(1, "collect --pin", "exchange export KEY -o MEDIA/south.exchange")
	north.visit(1, "collect --pin", "exchange import MEDIA/south.exchange --accept-signer "+south.fingerprint, "render --apply", "exchange export KEY -o MEDIA/north.exchange")
	south.visit(2, "exchange import MEDIA/north.exchange --accept-signer "+north.fingerprint, "render --apply")
	for _, s := range e.sites {
		s.prepare("render --output-dir deploy", "3 check --receipt MEDIA/"+s.name+"-receipt.exchange KEY") // there is no istiod to ask
	}
	got := south.run(t, "check", "--from-receipts", e.media)
	if got.code != 3 || !strings.Contains(got.stdout, "\neast      west    ") || strings.Contains(got.stdout, "contradiction") {
		t.Errorf("check --from-receipts exits with %d and says\n%s%s", got.code, got.stdout, got.stderr)
	}
	north.wantFederated(t, all[0], all[1])
}

// exchangeOf is a mesh whose sites pass files through one directory.
type exchangeOf struct {
	t      *testing.T
	auth   string
	media  string
	pin    string
	spec   string            // further lines below spec
	fields map[string]string // further fields of clusters, as ", NAME: VALUE"
	sites  []*exchangeSite
}

func newExchangeOf(t *testing.T, auth string) *exchangeOf {
	return &exchangeOf{t: t, auth: auth, media: t.TempDir()}
}

// exchangeSite is where one cluster is reached.
type exchangeSite struct {
	workspace
	e                      *exchangeOf
	name, key, fingerprint string
	recipient              string // of tokens
	cluster                *clusters.Cluster
}

// site adds a site. mesh.yaml is what all sites share.
func (e *exchangeOf) site(name string, c *clusters.Cluster) *exchangeSite {
	e.t.Helper()
	s := &exchangeSite{workspace: firstWorkspace(e.t, []*clusters.Cluster{c}), e: e, name: name, cluster: c, key: filepath.Join(e.t.TempDir(), "key")}
	for _, args := range [][]string{{"-q", "-t", "ed25519", "-N", "", "-f", s.key}, {"-lf", s.key + ".pub"}} {
		out, err := exec.CommandContext(e.t.Context(), "ssh-keygen", args...).CombinedOutput()
		if err != nil {
			e.t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
		if fields := strings.Fields(string(out)); len(fields) > 1 {
			s.fingerprint = fields[1]
		}
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		e.t.Fatal(err)
	}
	s.recipient = identity.Recipient().String()
	s.write(e.t, "credentials/exchange.agekey", identity.String()+"\n")
	for path, mode := range map[string]os.FileMode{"credentials": 0o700, "credentials/exchange.agekey": 0o600} {
		if err := os.Chmod(s.path(path), mode); err != nil {
			e.t.Fatal(err)
		}
	}
	e.sites = append(e.sites, s)
	e.share()
	return s
}

// share writes mesh.yaml at every site.
func (e *exchangeOf) share() {
	e.t.Helper()
	text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  reader: {auth: " + e.auth + "}\n" +
		"  waivers: [{rule: MESH006, reason: all on one machine}]\n"
	text += e.spec
	if e.pin != "" {
		text += "  trust: {ca: {roots: [" + e.pin + "]}}\n"
	}
	text += "  sites:\n"
	for _, s := range e.sites {
		text += fmt.Sprintf("  - {name: %s, clusters: [%s], recipients: [%s]}\n", s.name, s.cluster.Name, s.recipient)
	}
	text += "  clusters:\n"
	for _, s := range e.sites {
		text += fmt.Sprintf("  - {name: %s, context: admin@%s%s}\n", s.cluster.Name, s.cluster.Name, e.fields[s.cluster.Name])
	}
	for _, s := range e.sites {
		s.write(e.t, "mesh.yaml", text)
	}
}

func (e *exchangeOf) pinRoot(s *exchangeSite) {
	e.t.Helper()
	block, _ := pem.Decode([]byte(s.read(e.t, "trust/root-cert.pem")))
	sum := sha256.Sum256(block.Bytes)
	e.pin = hex.EncodeToString(sum[:])
	e.share()
}

// prepare is what a site does when mesh.yaml changes, before any file has come. A command exits 0 unless a digit before it
// says otherwise.
func (s *exchangeSite) prepare(commands ...string) {
	s.e.t.Helper()
	for _, command := range commands {
		s.do(command)
	}
}

// visit is what a site does when the media are there.
func (s *exchangeSite) visit(n int, commands ...string) {
	s.e.t.Helper()
	if n > 2 || len(commands) > maxVisit {
		s.e.t.Errorf("%s: visit %d takes %d commands", s.name, n, len(commands))
	}
	for _, command := range commands {
		s.do(command)
	}
}

func (s *exchangeSite) do(command string) {
	s.e.t.Helper()
	command = strings.NewReplacer("KEY", "--key "+s.key, "MEDIA", s.e.media).Replace(command)
	want, args := 0, strings.Fields(command)
	if code, err := strconv.Atoi(args[0]); err == nil {
		want, args = code, args[1:]
	}
	cmd := s.command(s.e.t, args...)
	cmd.Env = append(cmd.Env, "GODEBUG=http2debug=2") // Go's own way to show what goes over the wire
	got := finish(s.e.t, cmd)
	noCredential(s.e.t, got)
	if got.code != want {
		s.e.t.Fatalf("%s: %s: exit code %d\n%s%s", s.name, command, got.code, got.stdout, got.stderr)
	}
}

// wantReads: every cluster reads every other with the kubeconfig that it was given.
func (e *exchangeOf) wantReads(all ...*clusters.Cluster) {
	e.t.Helper()
	for _, consumer := range all {
		for _, target := range all {
			if consumer == target {
				continue
			}
			reader := remoteClient(e.t, consumer, target.Name)
			eventually(e.t, consumer.Name+" reads "+target.Name, func(ctx context.Context) bool {
				_, err := reader.CoreV1().Services("").List(ctx, metav1.ListOptions{Limit: 1})
				return err == nil
			})
		}
	}
}

// wantNothingSecret: no file on the media holds a line of a private key or a token of any site.
func (e *exchangeOf) wantNothingSecret(sites ...*exchangeSite) {
	e.t.Helper()
	var secrets [][]byte
	for _, s := range sites {
		secrets = append(secrets, secretLines(e.t, s.path("credentials"))...)
	}
	if len(secrets) == 0 {
		e.t.Fatal("the sites have no secrets: is the search broken?")
	}
	files, err := filepath.Glob(filepath.Join(e.media, "*"))
	if err != nil || len(files) == 0 {
		e.t.Fatalf("nothing was passed: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			e.t.Fatal(err)
		}
		for _, secret := range secrets {
			if bytes.Contains(text, secret) {
				e.t.Errorf("%s holds a secret", file)
			}
		}
	}
}

// secretLines are a line of every private key, and every token, below a directory.
func secretLines(t *testing.T, dir string) [][]byte {
	t.Helper()
	var found [][]byte
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".crt") {
			return err
		}
		text, err := os.ReadFile(name)
		if block, _ := pem.Decode(text); block != nil && strings.HasSuffix(block.Type, "PRIVATE KEY") {
			found = append(found, bytes.Split(text, []byte("\n"))[1])
		} else if bytes.HasPrefix(text, []byte("eyJ")) {
			found = append(found, bytes.TrimSpace(text))
		} else if bytes.HasPrefix(text, []byte("AGE-SECRET-KEY-")) {
			found = append(found, bytes.TrimSpace(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
