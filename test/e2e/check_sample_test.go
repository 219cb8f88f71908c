package e2e

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// sampleMesh is a mesh whose sample answers as a test wants it.
type sampleMesh struct {
	workspace
	all    []*clusters.Cluster
	stages map[string]*stage
}

// TestCheckSample brings the sample to three clusters of one network, first without a node.
func TestCheckSample(t *testing.T) {
	m := &sampleMesh{all: clusters.Start(t, "east", "north", "west"), stages: map[string]*stage{}}
	m.workspace = firstWorkspace(t, m.all)
	m.mustRun(t, "init", "--force", "--name", "shop", "--context", "admin@east", "--context", "admin@north", "--context", "admin@west")
	m.waiveLoopback(t)
	m.write(t, "mesh.yaml", strings.NewReplacer("context: admin@east\n", "context: admin@east\n      network: vpc-a\n",
		"context: admin@north\n", "context: admin@north\n      network: vpc-a\n",
		"context: admin@west\n", "context: admin@west\n      network: vpc-a\n").Replace(m.read(t, "mesh.yaml")))
	m.mustRun(t, "render", "--apply")

	t.Run("for the time of a check", m.testForTheCheck)
	t.Run("no namespace", m.testAbsent)
	t.Run("no node", m.testNoNode)
	for _, c := range m.all {
		m.stages[c.Name] = startSample(t, c)
	}
	t.Run("all answer", m.testAllAnswer)
	t.Run("a broken link", m.testBrokenLink)
	t.Run("through a gateway", m.testGatewayWay)
	t.Run("what a terminal obeys", m.testEscapes)
	t.Run("another user", m.testAsUser)
	t.Run("a client that says nothing", m.testQuietClient)
	t.Run("an interruption", m.testInterruptedCalls)
}

// direct has every cluster answer every other, pod to pod.
func (m *sampleMesh) direct() {
	for _, s := range m.stages {
		s.answers(route{hello("east"), "10.1.0.5:5000"}, route{hello("north"), "10.2.0.5:5000"}, route{hello("west"), "[2001:db8::5]:5000"})
	}
}

// sample are the results about the sample that are not ok.
func (m *sampleMesh) sample(t *testing.T, args ...string) ([]string, report, outcome) {
	t.Helper()
	r, got := m.check(t, append([]string{"--sample"}, args...)...)
	return slices.DeleteFunc(r.open(), func(line string) bool { return line < "CHECK023" }), r, got
}

func (m *sampleMesh) wantSample(t *testing.T, args []string, want ...string) (report, outcome) {
	t.Helper()
	open, r, got := m.sample(t, args...)
	if !slices.Equal(open, want) {
		t.Fatalf("not ok: got\n%s\nwant\n%s\n%s", strings.Join(open, "\n"), strings.Join(want, "\n"), got.stdout)
	}
	return r, got
}

func (m *sampleMesh) testAbsent(t *testing.T) {
	r, got := m.wantSample(t, nil, "CHECK023 unknown east", "CHECK023 unknown north", "CHECK023 unknown west")
	got.wantCode(t, 3)
	got.wantStderr(t, "warning: no cluster could call the sample", "hint: apply it to the clusters: kubectl mesh render --with-sample --apply")
	remedy := r.wantReason(t, "CHECK023", "east", "", "the sample is not deployed: no namespace sample")
	if remedy != "kubectl mesh render --with-sample --apply" {
		t.Errorf("remedy: %s", remedy)
	}
	m.mustRun(t, strings.Fields(remedy)[2:]...)
}

func (m *sampleMesh) testNoNode(t *testing.T) {
	r, got := m.wantSample(t, nil, "CHECK023 unknown east", "CHECK023 unknown north", "CHECK023 unknown west")
	got.wantCode(t, 3)
	_, got = m.wantSample(t, []string{"--strict"}, "CHECK023 unknown east", "CHECK023 unknown north", "CHECK023 unknown west")
	got.wantCode(t, 1)
	r.wantReason(t, "CHECK023", "west", "", "the sample client is not running: no node runs pods: the cluster has none")
}

// removeSample is said of a sample that a check has not deployed itself.
const removeSample = "hint: remove the sample when you no longer need it: kubectl --context=admin@east delete namespace sample\n"

// testForTheCheck: a check that deploys the sample takes it away again, and the inventory with it.
func (m *sampleMesh) testForTheCheck(t *testing.T) {
	got := m.run(t, "check", "--sample", "--apply", "--wait", "1s")
	got.wantCode(t, 3) // there is no node
	got.wantSaid(t, "waiting for ")
	for _, c := range m.all {
		eventually(t, "the sample is gone from "+c.Name, func(ctx context.Context) bool {
			_, err := client(t, c).CoreV1().Namespaces().Get(ctx, "sample", metav1.GetOptions{})
			return apierrors.IsNotFound(err)
		})
	}
	if again := m.mustRun(t, "render", "--apply"); strings.Contains(again.stderr, "sample") {
		t.Errorf("the inventory still has the sample:\n%s", again.stderr)
	}
}

func (m *sampleMesh) testAllAnswer(t *testing.T) {
	m.direct()
	r, got := m.wantSample(t, []string{"--calls", "45"})
	got.wantCode(t, 3)
	r.wantReason(t, "CHECK026", "east", "west", "15 of 45 calls, direct")
	text := m.unverified(t, "--sample", "--calls", "30", "--cluster", "east", "--context", "admin@east")
	if want := "\nCALLS  east       north      west\neast   10 direct  10 direct  10 direct\n\n"; !strings.Contains(text.stdout, want) || text.stderr != removeSample {
		t.Errorf("stdout:\n%sstderr:\n%s", text.stdout, text.stderr)
	}
	junit := m.unverified(t, "--sample", "-o", "junit", "--calls", "30")
	if want := "<system-out>10 of 30 calls, direct</system-out>"; strings.Count(junit.stdout, want) != 9 {
		t.Errorf("JUnit:\n%s", junit.stdout)
	}
	if plain := m.unverified(t); strings.Contains(plain.stdout, "CALLS") {
		t.Errorf("without --sample:\n%s", plain.stdout)
	}
}

// testBrokenLink: nothing of west reaches east; the other way it works.
func (m *sampleMesh) testBrokenLink(t *testing.T) {
	m.direct()
	m.stages["east"].answers(route{hello("east"), "10.1.0.5:5000"}, route{hello("north"), "10.2.0.5:5000"})
	r, got := m.wantSample(t, nil, "CHECK026 failed east west")
	got.wantCode(t, 1)
	r.wantReason(t, "CHECK026", "east", "west", "none of 20 calls reached west")
	if want := "east: - ? FAIL\n"; !strings.HasPrefix(r.rows(), want) {
		t.Errorf("matrix:\n%s", r.rows())
	}
	if text := m.run(t, "check", "--sample"); !strings.Contains(text.stdout, "\neast   10 direct  10 direct  0\n") {
		t.Errorf("stdout:\n%s", text.stdout)
	}
	r, _ = m.wantSample(t, []string{"--calls", "4"}, "CHECK026 unknown east west")
	if remedy := r.wantReason(t, "CHECK026", "east", "west", "which may be too few calls"); remedy != "kubectl mesh check --sample --calls 15" {
		t.Errorf("remedy: %s", remedy)
	}
}

// testGatewayWay: the answers of west come through a gateway, which fits only when it has a network of its own.
func (m *sampleMesh) testGatewayWay(t *testing.T) {
	m.direct()
	m.stages["east"].answers(route{hello("east"), "10.1.0.5:5000"}, route{hello("west"), "[2001:db8::7]:15443"}, route{hello("north"), "198.51.100.7:15443"})
	r, _ := m.wantSample(t, []string{"--cluster", "east"})
	r.wantReason(t, "CHECK026", "east", "west", "direct, implied by the networks (not measured: the proxy counted ")
	text := m.read(t, "mesh.yaml")
	defer m.write(t, "mesh.yaml", text)
	before, after, _ := strings.Cut(text, "network: vpc-a")
	m.write(t, "mesh.yaml", before+"network: vpc-c"+after) // east apart from the others
	r, _ = m.wantSample(t, []string{"--cluster", "east"})
	r.wantReason(t, "CHECK026", "east", "west", "calls, through 198.51.100.7:15443, [2001:db8::7]:15443, as north of the same network")
}

func (m *sampleMesh) testEscapes(t *testing.T) {
	m.direct()
	m.stages["west"].answers(route{hello("west"), "10.3.0.5:5000"}, route{hello("east"), "10.1.0.5:5000"}, route{hello("north"), "10.2.0.5:5000"},
		route{"\x1b]0;owned\x07\x1b[2J", "10.3.0.5:5000"})
	r, got := m.wantSample(t, nil, "CHECK024 warning west")
	got.wantCode(t, 3)
	r.wantReason(t, "CHECK024", "west", "", `5 of 20 calls failed: status 200 and "\x1b]0;owned\a\x1b[2J"`)
	if text := m.unverified(t, "--sample"); strings.Contains(text.stdout+got.stdout, "\x1b") {
		t.Error("an escape reaches the terminal")
	}
}

// testAsUser: who may read everything, and no more, may not call.
func (m *sampleMesh) testAsUser(t *testing.T) {
	m.direct()
	roles := client(t, m.all[0]).RbacV1()
	must(t)(roles.ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "watcher"},
		Rules: []rbacv1.PolicyRule{{Verbs: []string{"list"}, APIGroups: []string{"*"}, Resources: []string{"*"}},
			{Verbs: []string{"get"}, APIGroups: []string{"*"}, Resources: []string{"namespaces", "configmaps", "secrets"}}}}, metav1.CreateOptions{}))
	must(t)(roles.ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "watcher"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "watcher"},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: "ann"}}}, metav1.CreateOptions{}))
	eventually(t, "ann may read", func(context.Context) bool {
		open, _, _ := m.sample(t, "--cluster", "east", "--as", "ann")
		return slices.Equal(open, []string{"CHECK023 unknown east"})
	})
	_, r, got := m.sample(t, "--cluster", "east", "--as", "ann")
	got.wantCode(t, 3)
	remedy := r.wantReason(t, "CHECK023", "east", "", `User "ann" cannot create resource "pods/exec"`)
	if remedy != "this must work first: kubectl --context=admin@east -n sample exec curl-7d4f -c curl -- true" {
		t.Errorf("remedy: %s", remedy)
	}
}

func (m *sampleMesh) testQuietClient(t *testing.T) {
	m.direct()
	silent := make(chan struct{})
	defer close(silent)
	m.stages["east"].hang(func(io.Writer) { <-silent })
	r, _ := m.wantSample(t, []string{"--cluster", "east", "--request-timeout", "1s"}, "CHECK023 unknown east")
	r.wantReason(t, "CHECK023", "east", "", "run curl in container curl of pod sample/curl-7d4f: it stopped producing output")
}

// testInterruptedCalls: the client notices that nobody listens any more.
func (m *sampleMesh) testInterruptedCalls(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	m.stages["north"].hang(func(out io.Writer) {
		close(began)
		defer close(ended)
		for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
			if _, err := io.WriteString(out, "\n"); err != nil {
				return
			}
		}
	})
	cmd := m.command(t, "check", "--sample", "--cluster", "north")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-began
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	interrupted := time.Now()
	_ = cmd.Wait() // its exit code follows
	outcome{code: cmd.ProcessState.ExitCode()}.wantCode(t, 130)
	<-ended
	if took := time.Since(interrupted); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
}
