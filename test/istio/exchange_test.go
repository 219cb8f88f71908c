package istio

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// maxVisit is how many commands a visit of a site may take: import, sign, approve or apply, export. The review of what is
// applied (render --output-dir, git commit) comes on top: it needs nothing of what travels.
const maxVisit = 4

// TestExchange joins clusters of sites that never meet, from nothing to green receipts. Each site has a clone of the
// repository, a kubeconfig for its own cluster and a HOME; exchange files are all that passes. The root stays at south, and
// a third site comes late.
func TestExchange(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("SKIPPED: ssh-keygen is not installed (Debian: openssh-client)")
	}
	e := newExchange(t, sites())
	south, north := e.site("south", "east"), e.site("north", "west")

	south.prepare("collect --pin", "ca init --insecure-no-passphrase", "ca issue --cluster east", "credentials request --pending")
	e.pinRoot(south)
	north.visit("collect --pin", "ca request --pending", "credentials request --pending", "exchange export KEY -o MEDIA/north.exchange")
	south.visit("exchange import MEDIA/north.exchange --accept-signer "+north.fingerprint,
		"ca sign --pending --yes", "credentials approve --pending --yes", "exchange export KEY -o MEDIA/south.exchange")
	north.visit("exchange import MEDIA/south.exchange --accept-signer "+south.fingerprint,
		"credentials approve --pending --yes", "INSTALL", "render --apply --with-sample", "exchange export KEY -o MEDIA/north.exchange")
	south.visit("exchange import MEDIA/north.exchange", "INSTALL", "render --apply --with-sample")
	e.start(south, north)
	e.wantGreen(2)

	late := e.site("center", "late")
	south.prepare("credentials request --pending")
	north.prepare("credentials request --pending")
	late.visit("collect --pin", "ca request --pending", "credentials request --pending", "exchange export KEY -o MEDIA/center.exchange")
	south.visit("exchange import MEDIA/center.exchange --accept-signer "+late.fingerprint,
		"ca sign --pending --yes", "credentials approve --pending --yes", "exchange export KEY -o MEDIA/south.exchange")
	north.visit("exchange import MEDIA/center.exchange --accept-signer "+late.fingerprint,
		"credentials approve --pending --yes", "exchange export KEY -o MEDIA/north.exchange")
	late.visit("exchange import MEDIA/south.exchange MEDIA/north.exchange --accept-signer "+south.fingerprint+" --accept-signer "+north.fingerprint,
		"credentials approve --pending --yes", "INSTALL", "render --apply --with-sample", "exchange export KEY -o MEDIA/center.exchange")
	south.visit("exchange import MEDIA/north.exchange MEDIA/center.exchange", "REVIEW", "render --apply --with-sample")
	north.visit("exchange import MEDIA/south.exchange MEDIA/center.exchange", "REVIEW", "render --apply --with-sample")
	e.start(late)
	e.wantGreen(2)
	e.wantRootAt(south)
	e.testContradictions(south, north)
}

// sites is the topology: a flat mesh, in which all read each other with client certificates.
func sites() topology {
	all := []string{"192.0.2.10:5000", "192.0.2.20:5000", "198.51.100.10:5000"}
	return topology{name: "sites that never meet", members: []member{
		{name: "east", pod: "192.0.2.10", auth: "clientCertificate", sees: all},
		{name: "west", pod: "198.51.100.10", auth: "clientCertificate", sees: all},
		{name: "late", pod: "192.0.2.20", auth: "clientCertificate", sees: all},
	}}
}

// exchange is a mesh whose sites pass files through one directory. Its workspace is the repository that all clone, which
// has mesh.yaml alone. Its own kubeconfig leads nowhere.
type exchange struct {
	*mesh
	t     *testing.T
	media string
	sites []*exchangeSite
}

// exchangeSite is where one cluster is reached.
type exchangeSite struct {
	*mesh
	e                      *exchange
	name, key, fingerprint string
	member                 member
	visits                 int // of the join that is under way
}

func newExchange(t *testing.T, top topology) *exchange {
	t.Helper()
	dirs, err := istiod.Find("lines")
	if err != nil {
		t.Fatal(err)
	}
	line, err := istiod.Build(t.Context(), dirs[len(dirs)-1])
	if err != nil {
		t.Fatal(err)
	}
	all := clusters.Start(t, top.clusters()...)
	clusters.InstallGatewayAPI(t, all...)
	byName := map[string]*clusters.Cluster{}
	for _, c := range all {
		byName[c.Name] = c
	}
	e := &exchange{t: t, media: t.TempDir(), mesh: &mesh{
		topology: top, workspace: newWorkspace(t, nil), line: line, clusters: byName,
		istiods: map[string]*istiod.Istiod{}, proxies: map[string]*istiod.Proxy{},
	}}
	e.git(t, "init", "-q")
	e.write(t, ".gitignore", "/credentials/\n/.kubectl-mesh/lock\n/.kubectl-mesh/staging/\n")
	return e
}

// site adds a site to mesh.yaml, with a clone of the repository and a key of its own.
func (e *exchange) site(name, cluster string) *exchangeSite {
	e.t.Helper()
	at := slices.IndexFunc(e.members, func(m member) bool { return m.name == cluster })
	own := *e.mesh
	own.workspace = newWorkspace(e.t, map[string]*clusters.Cluster{cluster: e.clusters[cluster]})
	s := &exchangeSite{mesh: &own, e: e, name: name, member: e.members[at], key: filepath.Join(e.t.TempDir(), "key")}
	for _, args := range [][]string{{"-q", "-t", "ed25519", "-N", "", "-f", s.key}, {"-lf", s.key + ".pub"}} {
		out, err := exec.CommandContext(e.t.Context(), "ssh-keygen", args...).CombinedOutput()
		if err != nil {
			e.t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
		if fields := strings.Fields(string(out)); len(fields) > 1 {
			s.fingerprint = fields[1]
		}
	}
	e.sites = append(e.sites, s)
	e.declare()
	s.git(e.t, "clone", "-q", e.dir, ".")
	for _, site := range e.sites {
		site.visits = 0
	}
	return s
}

// pinRoot pins the root that a site has made.
func (e *exchange) pinRoot(s *exchangeSite) {
	e.t.Helper()
	text, err := os.ReadFile(s.path("trust/root-cert.pem"))
	if err != nil {
		e.t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	sum := sha256.Sum256(block.Bytes)
	e.pins = []string{hex.EncodeToString(sum[:])}
	e.declare()
}

// declare writes mesh.yaml for the sites that there are, and has all of them pull it.
func (e *exchange) declare() {
	e.t.Helper()
	e.spec = "  sites:\n"
	var members []member
	for _, s := range e.sites {
		e.spec += fmt.Sprintf("  - {name: %s, clusters: [%s]}\n", s.name, s.member.name)
		members = append(members, s.member)
	}
	e.writeMesh(e.t, members...)
	e.commit(e.t, "mesh")
	for _, s := range e.sites {
		if _, err := os.Stat(s.path("mesh.yaml")); err == nil {
			s.commit(e.t, "before the pull")
			s.git(e.t, "pull", "-q", "--rebase")
		}
	}
}

// git runs git in the repository, with an environment made from nothing.
func (w workspace) git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=Site", "-c", "user.email=site@example.com"}, args...)...)
	cmd.Dir, cmd.Env = w.dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(w.kubeconfig), "GIT_CONFIG_NOSYSTEM=1"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (w workspace) commit(t *testing.T, why string) {
	t.Helper()
	w.git(t, "add", "--all")
	w.git(t, "commit", "-q", "--allow-empty", "-m", why)
}

// prepare is what a site does when mesh.yaml changes, before any file has come.
func (s *exchangeSite) prepare(commands ...string) {
	s.e.t.Helper()
	for _, command := range commands {
		s.do(command)
	}
}

// visit is what a site does when the media are there: at most two visits of four commands for a join.
func (s *exchangeSite) visit(commands ...string) {
	s.e.t.Helper()
	s.visits++
	counted := slices.DeleteFunc(slices.Clone(commands), func(c string) bool { return c == "INSTALL" || c == "REVIEW" })
	if s.visits > 2 || len(counted) > maxVisit {
		s.e.t.Errorf("%s: visit %d takes %d commands", s.name, s.visits, len(counted))
	}
	for _, command := range commands {
		s.do(command)
	}
}

func (s *exchangeSite) do(command string) {
	s.e.t.Helper()
	switch command {
	case "INSTALL": // what INSTALL.md begins with, once the tree is reviewed
		s.review()
		s.prepareMember(s.e.t, s.member)
	case "REVIEW":
		s.review()
	default:
		s.mustRun(s.e.t, strings.Fields(strings.NewReplacer("KEY", "--key "+s.key, "MEDIA", s.e.media).Replace(command))...)
	}
}

// review commits what is to be applied.
func (s *exchangeSite) review() {
	s.e.t.Helper()
	s.mustRun(s.e.t, "render", "--output-dir", "deploy")
	s.commit(s.e.t, "tree")
}

// start runs what the clusters of sites hold.
func (e *exchange) start(sites ...*exchangeSite) {
	e.t.Helper()
	for _, s := range sites {
		s.startMember(e.t, s.member)
	}
}

// wantGreen has every site state what its cluster runs, and every site read what all of them state. Further commands are
// those of the receipts: one of each site.
func (e *exchange) wantGreen(visits int) {
	e.t.Helper()
	var members []member
	for _, s := range e.sites {
		members = append(members, s.member)
	}
	e.wantSynced(e.t, members...)
	for _, s := range e.sites {
		if s.visits != visits {
			e.t.Errorf("%s has taken %d visits, want %d", s.name, s.visits, visits)
		}
		s.receipt()
	}
	for _, s := range e.sites {
		s.wantMatrix()
	}
}

// receipt states what the cluster of a site runs.
func (s *exchangeSite) receipt() {
	s.e.t.Helper()
	s.commit(s.e.t, "what came")
	s.mustRun(s.e.t, "check", "--wait", "1m", "--receipt", s.receiptFile(), "--key", s.key)
}

func (s *exchangeSite) receiptFile() string {
	return filepath.Join(s.e.media, s.name+"-receipt.exchange")
}

// matrix is what check --from-receipts -o json prints.
type matrix struct {
	Cells []struct {
		Consumer, Target, State, Site string
		Age                           time.Duration
	}
	Contradictions []string
}

func (s *exchangeSite) matrix(code int) matrix {
	s.e.t.Helper()
	got := s.run(s.e.t, "check", "--from-receipts", s.e.media, "-o", "json")
	if got.code != code {
		s.e.t.Errorf("%s: check --from-receipts exits with %d, want %d\n%s%s", s.name, got.code, code, got.stdout, got.stderr)
	}
	var found matrix
	if err := json.Unmarshal([]byte(got.stdout), &found); err != nil {
		s.e.t.Fatalf("%s: %v\n%s", s.name, err, got.stdout)
	}
	return found
}

// wantMatrix: every link is in the matrix of every site, with its state and its age.
func (s *exchangeSite) wantMatrix() {
	s.e.t.Helper()
	found := s.matrix(0)
	var got, want []string
	for _, cell := range found.Cells {
		got = append(got, strings.Join([]string{cell.Consumer, cell.Target, cell.State, cell.Site}, " "))
		if cell.Age < 0 || cell.Age > 10*time.Minute || cell.Site == "here" && cell.Age != 0 {
			s.e.t.Errorf("%s reads %s: the receipt of %s is %s old", cell.Consumer, cell.Target, cell.Site, cell.Age)
		}
	}
	for _, consumer := range s.e.sites {
		for _, target := range s.e.sites {
			from := consumer.name
			if consumer == s {
				from = "here"
			}
			if consumer != target {
				want = append(want, strings.Join([]string{consumer.member.name, target.member.name, "ok", from}, " "))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(found.Contradictions) > 0 {
		s.e.t.Errorf("%s: got %q, contradictions %q, want %q", s.name, got, found.Contradictions, want)
	}
}

// wantRootAt: the key of the root is at one site, and the keys of a control plane are where it is.
func (e *exchange) wantRootAt(holder *exchangeSite) {
	e.t.Helper()
	for _, s := range e.sites {
		files := map[string]bool{"credentials/root-key.pem": s == holder}
		for _, other := range e.sites {
			files["credentials/"+other.member.name+"/ca-key.pem"] = s == other
		}
		for name, want := range files {
			if _, err := os.Lstat(s.path(name)); (err == nil) != want {
				e.t.Errorf("%s has %s: got %s, want %s", s.name, name, strconv.FormatBool(err == nil), strconv.FormatBool(want))
			}
		}
	}
}

// testContradictions: what a site states, or has stated, is not what another one has.
func (e *exchange) testContradictions(south, north *exchangeSite) {
	e.t.Helper()
	text, err := os.ReadFile(north.path("deploy/overlays/west/kustomization.yaml"))
	if err != nil {
		e.t.Fatal(err)
	}
	north.write(e.t, "deploy/overlays/west/kustomization.yaml", string(text)+"# edited\n")
	north.commit(e.t, "an edit without a review")
	north.run(e.t, "check", "--receipt", north.receiptFile(), "--key", north.key)
	if got := south.run(e.t, "credentials", "revoke", "--link", "west-east", "--apply"); got.code != 3 { // west is elsewhere
		e.t.Errorf("credentials revoke exits with %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
	want := []string{
		"the tree of west at site north differs from the one that is committed here",
		"west reads east with generation 1, but east has revoked it",
	}
	if got := south.matrix(1).Contradictions; !slices.Equal(got, want) {
		e.t.Errorf("after an edit and a revocation: got %q, want %q", got, want)
	}
}
