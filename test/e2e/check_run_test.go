package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// checkMesh is a mesh with a stand-in for each istiod.
type checkMesh struct {
	workspace
	all     []*clusters.Cluster
	istiods map[string]*kubelet
}

// newCheckMesh brings up a mesh from nothing; every cluster is of one network and trusts one root.
func newCheckMesh(t *testing.T, names ...string) *checkMesh {
	t.Helper()
	m := &checkMesh{all: clusters.Start(t, names...), istiods: map[string]*kubelet{}}
	m.workspace = firstWorkspace(t, m.all)
	init := []string{"init", "--force", "--name", "shop"}
	for _, c := range m.all {
		init = append(init, "--context", "admin@"+c.Name)
	}
	m.mustRun(t, init...)
	m.waiveLoopback(t)
	text := m.read(t, "mesh.yaml")
	for _, name := range names {
		text = strings.ReplaceAll(text, "context: admin@"+name+"\n", "context: admin@"+name+"\n      network: vpc-a\n")
	}
	m.write(t, "mesh.yaml", text)
	m.mustRun(t, "render", "--apply")
	root := newRoot(t)
	for _, c := range m.all {
		istiod{image: "istio/pilot:1.30.5", clusterID: c.Name, meshConfig: "trustDomain: cluster.local"}.install(t, c)
		publishRoots(t, c, root)
		m.istiods[c.Name] = startIstiod(t, c)
	}
	m.synced(names...)
	return m
}

// synced has every istiod say that it has synced all others.
func (m *checkMesh) synced(names ...string) {
	for _, name := range names {
		states := map[string]string{}
		for _, other := range names {
			if other != name {
				states[other] = "synced"
			}
		}
		m.istiods[name].says(name, states)
	}
}

// report is the output of check -o json, as far as the tests look at it.
type report struct {
	Healthy bool
	Counts  map[string]int
	Results []struct{ ID, Status, Cluster, Peer, Reason, Hint string }
	Matrix  struct {
		Clusters []string
		Rows     [][]string
	}
}

func (w workspace) check(t *testing.T, args ...string) (report, outcome) {
	t.Helper()
	got := w.run(t, append([]string{"check", "-o", "json"}, args...)...)
	var r report
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
		t.Fatalf("exit code %d, no report: %v\n%s%s", got.code, err, got.stdout, got.stderr)
	}
	if strings.Contains(got.stdout+got.stderr, "eyJ") {
		t.Error("a token is shown")
	}
	return r, got
}

// unverified checks a mesh without any istiod: nothing has failed, and what istiods say could not be verified.
func (w workspace) unverified(t *testing.T, args ...string) outcome {
	t.Helper()
	got := w.run(t, append([]string{"check"}, args...)...)
	got.wantCode(t, 3)
	return got
}

// open are the results that are not ok: CHECK016 failed east west.
func (r report) open() []string {
	var lines []string
	for _, result := range r.Results {
		if result.Status != "ok" {
			lines = append(lines, strings.Join(strings.Fields(result.ID+" "+result.Status+" "+result.Cluster+" "+result.Peer), " "))
		}
	}
	return lines
}

func (r report) rows() string {
	var text strings.Builder
	for i, row := range r.Matrix.Rows {
		fmt.Fprintf(&text, "%s: %s\n", r.Matrix.Clusters[i], strings.Join(row, " "))
	}
	return text.String()
}

// settle bounds how long an API server may go on accepting a token that is gone, or take to notice an object: its
// caches live for ten seconds.
const settle = 40 * time.Second

// wantOpen runs check until exactly this is not ok.
func (w workspace) wantOpen(t *testing.T, want ...string) (report, outcome) {
	t.Helper()
	end := time.Now().Add(settle)
	for {
		r, got := w.check(t)
		if strings.Join(r.open(), "\n") == strings.Join(want, "\n") {
			return r, got
		}
		if time.Now().After(end) {
			t.Fatalf("not ok: got\n%s\nwant\n%s\n%s", strings.Join(r.open(), "\n"), strings.Join(want, "\n"), got.stdout)
		}
	}
}

// check and wantOpen run check while every istiod knows endpoints of its peers.
func (m *checkMesh) check(t *testing.T, args ...string) (report, outcome) {
	t.Helper()
	for _, istiod := range m.istiods {
		defer istiod.knows()()
	}
	return m.workspace.check(t, args...)
}

func (m *checkMesh) wantOpen(t *testing.T, want ...string) (report, outcome) {
	t.Helper()
	for _, istiod := range m.istiods {
		defer istiod.knows()()
	}
	return m.workspace.wantOpen(t, want...)
}

// wantReason looks for a text in the reason of a result, and returns its remedy.
func (r report) wantReason(t *testing.T, id, cluster, peer, reason string) string {
	t.Helper()
	for _, result := range r.Results {
		if result.ID == id && result.Cluster == cluster && result.Peer == peer {
			if !strings.Contains(result.Reason, reason) {
				t.Errorf("%s %s %s: got reason %q, want %q", id, cluster, peer, result.Reason, reason)
			}
			return result.Hint
		}
	}
	t.Errorf("%s %s %s: no result", id, cluster, peer)
	return ""
}

// follow runs a remedy that is a command of ours.
func (m *checkMesh) follow(t *testing.T, remedy string) {
	t.Helper()
	command, _, _ := strings.Cut(remedy, ";")
	args, ours := strings.CutPrefix(command, "kubectl mesh ")
	if !ours {
		t.Fatalf("the remedy is no command of ours: %s", remedy)
	}
	m.applies(t, strings.Fields(args)...)
	m.wantOpen(t)
}

// applies runs a command that may change a remote secret. The istiod of these tests does not know endpoints, so whether
// it keeps them is inconclusive, which is said and is exit code 3.
func (m *checkMesh) applies(t *testing.T, args ...string) {
	t.Helper()
	got := m.run(t, args...)
	if got.code == 3 {
		got.wantSaid(t, ": inconclusive: ")
		return
	}
	got.wantCode(t, 0)
}
