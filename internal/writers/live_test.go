package writers_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// liveScenario is a command that changes clusters too: what it writes in the workspace is several changes, and
// the same command finishes them.
type liveScenario struct {
	name, mesh string
	// applied: the clusters have what the mesh says.
	applied bool
	setup   string
	args    string
	// check looks at the workspace and the clusters in the end.
	check func(h *liveFixture)
}

func live() []liveScenario {
	const noUID = "  - {name: west, context: prod-west, api: {server: 'WEST', certificateAuthorityData: CA}}\n"
	byCertificate := testmesh.Mesh + testmesh.Quiet + "  clusters:\n" + testmesh.East + strings.Replace(testmesh.West, "api:", "reader: {auth: clientCertificate}, api:", 1)
	// Commands that refuse a mesh with findings get addresses that peers could reach.
	public := strings.NewReplacer("'EAST'", "'https://203.0.113.1'", "'WEST'", "'https://203.0.113.2'")
	pinned := testmesh.Mesh + testmesh.Quiet + "  clusters:\n" + testmesh.East + noUID
	return []liveScenario{
		{name: "collect", mesh: pinned, applied: true, args: "collect --pin --cluster west --kubeconfig KUBECONFIG", check: func(h *liveFixture) {
			if h.Recorded("west").UID != "uid-west" {
				h.t.Error("the UID is not recorded")
			}
			h.has("clusters/west.yaml", "credentials/west/east/token")
		}},
		{name: "render --apply --pin", mesh: public.Replace(pinned), args: "render --apply --yes --allow-unreviewed --pin --kubeconfig KUBECONFIG", check: func(h *liveFixture) {
			if h.Recorded("west").UID != "uid-west" {
				h.t.Error("the UID is not recorded")
			}
		}},
		{name: "credentials approve", mesh: public.Replace(byCertificate), setup: "credentials request --from east --to west",
			args:  "credentials approve DIR/east-west.csr --from east --cluster west --fingerprint FINGERPRINT --kubeconfig KUBECONFIG",
			check: func(h *liveFixture) { h.has("credentials/west/east/client.crt", "credentials/west/east/client.key") }},
		{name: "credentials rotate --apply", mesh: testmesh.Both, applied: true, setup: "collect --kubeconfig KUBECONFIG",
			args: "credentials rotate --link east-west --apply --yes --allow-unreviewed --kubeconfig KUBECONFIG", check: func(h *liveFixture) {
				if counting := h.Recorded("west").ReaderGenerations["east"]; len(counting) != 1 || counting[0] < 2 {
					h.t.Errorf("recorded: %v", counting)
				}
			}},
		{name: "credentials revoke --apply", mesh: testmesh.Both, applied: true, setup: "collect --kubeconfig KUBECONFIG",
			args: "credentials revoke --link east-west --apply --yes --kubeconfig KUBECONFIG", check: func(h *liveFixture) {
				if west := h.Recorded("west"); west.RevokedReaders["east"] != 1 || len(west.ReaderGenerations) > 0 {
					h.t.Errorf("recorded: %v", west)
				}
				if _, there := h.Files()["credentials/west/east/token"]; there {
					h.t.Error("the token is still there")
				}
			}},
	}
}

// TestKilledLive ends each command at each of its file operations, and runs it again: it finishes what it began.
func TestKilledLive(t *testing.T) {
	dead := errors.New("the process is gone")
	eachLive(t, func(n int) *crash.Point { return crash.FailFrom(n, dead) })
}

// TestDiskFullLive has each operation fail once.
func TestDiskFullLive(t *testing.T) {
	eachLive(t, func(n int) *crash.Point { return crash.FailAt(n, syscall.ENOSPC) })
}

func eachLive(t *testing.T, at func(n int) *crash.Point) {
	for _, s := range live() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			n := 1
			for ; !t.Failed(); n++ {
				h := newLiveDesk(t, s)
				point := at(n)
				got := run(point.Hook, h.fill(s.args)...)
				h.finish(fmt.Sprintf("operation %d: %s", n, got), got)
				if !point.Reached() {
					break
				}
			}
			t.Logf("failed %d times", n-1)
		})
	}
}

// liveFixture is a workspace with its clusters.
type liveFixture struct {
	*testmesh.Fixture
	t        *testing.T
	scenario liveScenario
	last     string
}

func newLiveDesk(t *testing.T, s liveScenario) *liveFixture {
	t.Helper()
	h := &liveFixture{Fixture: testmesh.New(t, s.mesh), t: t, scenario: s}
	h.West.Intercept(fakeapi.Signer(t, time.Now().Add(-time.Hour), nil))
	if s.applied {
		ws, clusters := h.Open()
		if _, err := rollout.Apply(t.Context(), rollout.Input{Workspace: ws, Clusters: clusters, Targets: []string{"east", "west"}, Pin: true}); err != nil {
			t.Fatal(h.Problems(err))
		}
		if err := os.RemoveAll(filepath.Join(h.Dir(), layout.StateDir)); err != nil { // another workspace did that
			t.Fatal(err)
		}
	}
	for command := range strings.SplitSeq(s.setup, ";") {
		if command = strings.TrimSpace(command); command == "" {
			continue
		}
		got := run(nil, h.fill(command)...)
		if got.code != 0 {
			t.Fatal(got)
		}
		if words := strings.Fields(got.stdout); len(words) > 0 {
			h.last = words[len(words)-1]
		}
	}
	return h
}

func (h *liveFixture) fill(command string) []string {
	values := strings.NewReplacer("DIR", h.Dir(), "KUBECONFIG", h.Kubeconfig, "FINGERPRINT", h.last)
	return append(strings.Fields(values.Replace(command)), "-f", filepath.Join(h.Dir(), "mesh.yaml"))
}

// finish runs the command again until it succeeds, and checks what is there in the end.
func (h *liveFixture) finish(what string, got result) {
	h.t.Helper()
	from := workspace.Source{Filename: filepath.Join(h.Dir(), "mesh.yaml")}
	ws, _, err := workspace.Read(h.t.Context(), from)
	if err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
	ws.Close()
	if err := isConsistent(os.DirFS(h.Dir())); err != nil {
		h.t.Errorf("%s: %v", what, err)
	}
	if got.code != 0 {
		if again := run(nil, h.fill(h.scenario.args)...); again.code != 0 {
			h.t.Errorf("%s: the same command again: %s", what, again)
		}
	}
	h.scenario.check(h)
	tx, err := from.Lock(h.t.Context()) // as the next command that writes does
	if err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
	tx.Close()
	if left := leftovers(h.t, h.Dir()); len(left) > 0 {
		h.t.Errorf("%s: left over: %v", what, left)
	}
	if h.t.Failed() {
		h.t.Errorf("it was at %s", what)
	}
}

func (h *liveFixture) has(names ...string) {
	h.t.Helper()
	for _, name := range names {
		if _, there := h.Files()[name]; !there {
			h.t.Errorf("%s does not exist", name)
		}
	}
}
