package reader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	certificatesv1 "k8s.io/api/certificates/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// certificates begins a mesh whose control planes show certificates to each other.
const certificates = testmesh.Mesh + "  reader: {auth: clientCertificate}\n  trust: {ca: {provider: none}}\n  clusters:\n"

// requestPending makes what is missing at these clusters, and returns a line for each request that waits.
func (h *fixture) requestPending(here ...string) []string {
	h.t.Helper()
	ws, _ := h.Open()
	pending, err := reader.RequestPending(h.t.Context(), reader.RequestPendingInput{
		Workspace: ws, Log: h.Log, IsHere: func(cluster string) bool { return slices.Contains(here, cluster) }})
	if err != nil {
		h.t.Fatal(h.Problems(err))
	}
	var lines []string
	for _, one := range pending {
		what, _, _ := strings.Cut(one.What, ":SHA256")
		if !strings.HasPrefix(one.Fingerprint, "SHA256:") {
			h.t.Errorf("%s has the fingerprint %q", what, one.Fingerprint)
		}
		lines = append(lines, one.Cluster+": "+what)
	}
	return lines
}

// requestOf is a request of a user with a key of its own.
func requestOf(t *testing.T, user string) string {
	t.Helper()
	key, err := kubeconfig.NewClientKey()
	if err != nil {
		t.Fatal(err)
	}
	request, err := kubeconfig.NewClientRequest(key, user)
	if err != nil {
		t.Fatal(err)
	}
	return string(request)
}

// TestRequestPending: the key and the request of every reader that is here, once; a request that is on its way stays.
func TestRequestPending(t *testing.T) {
	const eastWest, westEast = "west: client certificate of mesh:east for west", "east: client certificate of mesh:west for east"
	h := newFixture(t, certificates+testmesh.East+testmesh.West)
	var before map[string]string
	for _, step := range []struct {
		name     string
		here     []string
		prepare  func()
		want     []string // what waits
		messages []string
		files    []string // that are new or other ones
	}{
		{name: "nobody is here", prepare: func() {}},
		{name: "east is here", here: []string{"east"}, prepare: func() {}, want: []string{eastWest}, messages: []string{"wrote east-west.csr"},
			files: []string{"credentials/west/east/client.key", "east-west.csr"}},
		{name: "again", here: []string{"east"}, prepare: func() {}, want: []string{eastWest}},
		{name: "west too", here: []string{"east", "west"}, prepare: func() {}, want: []string{eastWest, westEast}, messages: []string{"wrote west-east.csr"},
			files: []string{"credentials/east/west/client.key", "west-east.csr"}},
		{name: "a request for another key", here: []string{"east"}, prepare: func() { h.Write("east-west.csr", requestOf(t, "mesh:east")) },
			want: []string{eastWest}, messages: []string{"wrote east-west.csr"}, files: []string{"east-west.csr"}},
		{name: "no request any more", here: []string{"east"}, prepare: func() {
			ws, _ := h.Open()
			if err := ws.Forget(t.Context(), "east-west.csr"); err != nil {
				t.Fatal(err)
			}
		}, want: []string{eastWest}, messages: []string{"wrote east-west.csr"}, files: []string{"east-west.csr"}},
		{name: "it is answered", here: []string{"east", "west"}, prepare: func() {
			h.West.Intercept(fakeapi.Signer(t, now, nil))
			if _, err := reader.Approve(t.Context(), h.approval([]byte(h.Files()["east-west.csr"]))); err != nil {
				t.Fatal(h.Problems(err))
			}
		}, want: []string{westEast}},
	} {
		step.prepare()
		before = h.Files()
		if diff := cmp.Diff(step.want, h.requestPending(step.here...)); diff != "" {
			t.Errorf("%s: waits (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.messages, h.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", step.name, diff)
		}
		var files []string
		for name, text := range h.Files() {
			if before[name] != text && !strings.HasSuffix(name, ".gitignore") {
				files = append(files, name)
			}
		}
		slices.Sort(files)
		if diff := cmp.Diff(step.files, files); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", step.name, diff)
		}
	}
}

// TestRequestPendingSkips whoever needs no certificate: by its kind, or because it was revoked.
func TestRequestPendingSkips(t *testing.T) {
	for name, mesh := range map[string]string{
		"tokens":    testmesh.Both,
		"federated": westWith("reader: {auth: federated}"),
		"revoked":   westWith("reader: {auth: clientCertificate}, revokedReaders: {east: 1}"),
	} {
		h := newFixture(t, mesh)
		if lines := h.requestPending("east", "west"); lines != nil || len(h.Files()) > 0 {
			t.Errorf("%s: waits %q, files %v", name, lines, h.Files())
		}
	}
}

// TestRequestPendingKeepsFiles that are no requests of the reader, as a single request does; then no other is written.
func TestRequestPendingKeepsFiles(t *testing.T) {
	for name, text := range map[string]string{"no request": "hello", "that of another reader": requestOf(t, "mesh:north")} {
		h := newFixture(t, certificates+testmesh.East+testmesh.West)
		h.Write("west-east.csr", text)
		before := h.Files()
		ws, _ := h.Open()
		_, err := reader.RequestPending(t.Context(), reader.RequestPendingInput{Workspace: ws, Log: h.Log, IsHere: func(string) bool { return true }})
		want := []string{`"west-east.csr" already exists, and is not a request of west for east | ` +
			"move it away, or write the request elsewhere: kubectl mesh credentials request --from west --to east -f mesh.yaml --out FILE"}
		if diff := cmp.Diff(want, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(before, h.Files()); diff != "" {
			t.Errorf("%s: files (-before +after):\n%s", name, diff)
		}
	}
}

// TestPending: what waits at a target, as the one who approves it sees it. A request for anybody but the reader is refused.
func TestPending(t *testing.T) {
	for name, test := range map[string]struct {
		mesh     string
		requests map[string]string // the user of each file
		here     string
		want     []string
		refused  []string
	}{
		"both wait, one target is here": {mesh: certificates + testmesh.East + testmesh.West, here: "west",
			requests: map[string]string{"east-west.csr": "mesh:east", "west-east.csr": "mesh:west"},
			want:     []string{"client certificate of mesh:east for west"}},
		"the generation before": {mesh: westWith("reader: {auth: clientCertificate}, readerGenerations: {east: [1, 2]}"), here: "west",
			requests: map[string]string{"east-west.csr": "mesh:east"},
			refused:  []string{`east-west.csr: read client request: it requests user "mesh:east", not "mesh:east:2"`}},
		"an administrator": {mesh: westWith("reader: {auth: clientCertificate}"), here: "west",
			requests: map[string]string{"east-west.csr": "kubernetes-admin"},
			refused:  []string{`east-west.csr: read client request: it requests user "kubernetes-admin", not "mesh:east"`}},
		"one is wrong, the other waits": {mesh: certificates + testmesh.East + testmesh.West,
			requests: map[string]string{"east-west.csr": "mesh:north", "west-east.csr": "mesh:west"},
			want:     []string{"client certificate of mesh:west for east"},
			refused:  []string{`east-west.csr: read client request: it requests user "mesh:north", not "mesh:east"`}},
		"a reader that was revoked": {mesh: westWith("reader: {auth: clientCertificate}, revokedReaders: {east: 1}"), here: "west",
			requests: map[string]string{"east-west.csr": "mesh:east"}},
		"a reader with a token": {mesh: testmesh.Both, here: "west", requests: map[string]string{"east-west.csr": "mesh:east"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := &fixture{Fixture: testmesh.Offline(t, test.mesh), t: t}
			for file, user := range test.requests {
				h.Write(file, requestOf(t, user))
			}
			ws, _ := h.Open()
			pending, err := reader.Pending(ws, func(cluster string) bool { return test.here == "" || cluster == test.here })
			var got []string
			for _, one := range pending {
				got = append(got, one.What)
				file := one.Pair.Consumer + "-" + one.Pair.Target + ".csr"
				if one.Cluster != one.Pair.Target || string(one.Request) != h.Files()[file] {
					t.Errorf("%s: cluster %s, request %q", one.What, one.Cluster, one.Request)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.refused, h.Problems(err)); diff != "" || err != nil && !verdict.IsInput(err) {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
		})
	}
}

// approvePending has the requests of this desk approved; shown is what was asked about.
func (h *fixture) approvePending(target string, answer error) (shown []string, err error) {
	h.t.Helper()
	ws, clusters := h.Open()
	err = reader.ApprovePending(h.t.Context(), reader.ApprovePendingInput{
		Workspace: ws, Target: target, Validity: 24 * time.Hour, Log: h.Log,
		Clusters: func() (*live.Clusters, error) { return clusters, nil },
		Confirm: func(all []workspace.Pending) error {
			for _, line := range workspace.PendingLines(all) {
				what, _, _ := strings.Cut(line, ": SHA256:")
				shown = append(shown, what)
			}
			return answer
		},
	})
	return shown, err
}

// TestApprovePending: one answer for all that is reached from here; what one cluster refuses does not keep the others
// from theirs.
func TestApprovePending(t *testing.T) {
	const forWest, forEast = "client certificate of mesh:east for west", "client certificate of mesh:west for east"
	const kept, keptToo = "credentials/west/east/client.crt", "credentials/east/west/client.crt"
	forbidden := apierrors.NewForbidden(certificatesv1.Resource("certificatesigningrequests"), "x", errors.New("no"))
	for name, test := range map[string]struct {
		mesh, target   string
		refuses        error // of west
		answer         error
		shown          []string
		want           string // begins the only error
		messages, kept []string
	}{
		"all of them": {shown: []string{forWest, forEast}, kept: []string{keptToo, kept}, messages: []string{"wrote " + kept, "wrote " + keptToo}},
		"one target":  {target: "west", shown: []string{forWest}, kept: []string{kept}, messages: []string{"wrote " + kept}},
		"east is at another site": {mesh: certificates + eastAway + testmesh.West, shown: []string{forWest}, kept: []string{kept},
			messages: []string{"wrote " + kept}},
		"somebody says no":     {answer: errors.New("not approved"), shown: []string{forWest, forEast}, want: "not approved"},
		"west does not":        {refuses: forbidden, shown: []string{forWest, forEast}, kept: []string{keptToo}, messages: []string{"wrote " + keptToo}, want: "east for west: the request was created, but not approved: "},
		"no cluster's name":    {target: "wets", want: `no cluster "wets" in mesh.yaml | did you mean west?`},
		"there are no readers": {mesh: testmesh.Both, messages: []string{"no request is pending for a cluster that is reached from here"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, certificates+testmesh.East+testmesh.West)
			h.requestPending("east", "west")
			if test.mesh != "" {
				h.Write("mesh.yaml", test.mesh)
			}
			h.East.Intercept(fakeapi.Signer(t, now, nil))
			h.West.Intercept(fakeapi.Signer(t, now, test.refuses))
			shown, err := h.approvePending(test.target, test.answer)
			if diff := cmp.Diff(test.shown, shown); diff != "" {
				t.Errorf("shown (-want +got):\n%s", diff)
			}
			if said := h.Problems(err); test.want == "" != (err == nil) || err != nil && (len(said) != 1 || !strings.HasPrefix(said[0], test.want)) {
				t.Errorf("said %q, want %q", said, test.want)
			}
			if diff := cmp.Diff(test.messages, h.Messages); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			var files []string
			for name := range h.Files() {
				if strings.HasSuffix(name, ".crt") {
					files = append(files, name)
				}
			}
			slices.Sort(files)
			if diff := cmp.Diff(test.kept, files); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if changed := h.changed(); len(test.kept) == 0 && test.refuses == nil && len(changed) > 0 {
				t.Errorf("asked for %v", changed)
			}
		})
	}
}
