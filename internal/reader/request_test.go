package reader_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// TestRequestFile: an earlier request of the same reader is replaced; anything else that is there is not, and no directory
// is made.
func TestRequestFile(t *testing.T) {
	const taken = `"out.csr" already exists, and is not a request of east for west | specify another one: --out FILE`
	for name, test := range map[string]struct {
		out     string
		prepare func(h *fixture)
		want    string
	}{
		"nothing is there":               {prepare: func(*fixture) {}},
		"a request of the reader":        {prepare: func(h *fixture) { h.Write("out.csr", requestOf(h.t, "mesh:east")) }},
		"one of a former generation":     {prepare: func(h *fixture) { h.Write("out.csr", requestOf(h.t, "mesh:east:7")) }},
		"one of a reader with that stem": {prepare: func(h *fixture) { h.Write("out.csr", requestOf(h.t, "mesh:east-2")) }, want: taken},
		"one of another reader":          {prepare: func(h *fixture) { h.Write("out.csr", requestOf(h.t, "mesh:north")) }, want: taken},
		"a text":                         {prepare: func(h *fixture) { h.Write("out.csr", "hello") }, want: taken},
		"a directory":                    {prepare: func(h *fixture) { h.Write("out.csr/file", "hello") }, want: taken},
		"a link to a request": {prepare: func(h *fixture) {
			h.Write("other.csr", requestOf(h.t, "mesh:east"))
			if err := os.Symlink("other.csr", filepath.Join(h.Dir(), "out.csr")); err != nil {
				h.t.Fatal(err)
			}
		}, want: taken},
		"no directory": {out: "nowhere/out.csr", prepare: func(*fixture) {},
			want: `directory "nowhere" for the request does not exist | create it, or specify another file`},
		"a file for a directory": {out: "mesh.yaml/out.csr", prepare: func(*fixture) {},
			want: `directory "mesh.yaml" for the request does not exist | create it, or specify another file`},
	} {
		t.Run(name, func(t *testing.T) {
			h := &fixture{Fixture: testmesh.Offline(t, westWith("reader: {auth: clientCertificate}")), t: t}
			test.prepare(h)
			before := h.Files()
			ws, _ := h.Open()
			if test.out == "" {
				test.out = "out.csr"
			}
			file, fingerprint, err := reader.Request(t.Context(), reader.RequestInput{Workspace: ws, Pair: pair, Out: ws.Path(test.out), Log: h.Log})
			if test.want != "" {
				if said := h.Problems(err); len(said) != 1 || said[0] != test.want || !verdict.IsInput(err) {
					t.Errorf("said %q, want %q", said, test.want)
				}
				if diff := cmp.Diff(before, h.Files()); diff != "" {
					t.Errorf("files (-before +after):\n%s", diff)
				}
				return
			}
			if err != nil || file != ws.Path("out.csr") {
				t.Fatalf("wrote %s, %v", file, err)
			}
			files := h.Files()
			if got, err := kubeconfig.CheckClientRequest([]byte(files["out.csr"]), "mesh:east"); err != nil || got != fingerprint {
				t.Errorf("the request has the fingerprint %s, want %s: %v", got, fingerprint, err)
			}
			if _, beside := files["east-west.csr"]; beside || files["credentials/west/east/client.key"] == "" {
				t.Errorf("the workspace holds %v", files)
			}
		})
	}
}

// TestRequestOfAGeneration: each has its key and its user, so that two of them can be told apart while both count.
func TestRequestOfAGeneration(t *testing.T) {
	h := &fixture{Fixture: testmesh.Offline(t, westWith("reader: {auth: clientCertificate}")), t: t}
	ws, _ := h.Open()
	first, _ := h.request(ws)
	if err := reader.Begin(t.Context(), h.rotation()); err != nil {
		t.Fatal(h.Problems(err))
	}
	ws, _ = h.Open()
	second, _ := h.request(ws)
	if h.Messages != nil {
		t.Errorf("messages %q: is the key of the first generation used?", h.Messages)
	}
	for want, request := range map[string][]byte{"mesh:east": first, "mesh:east:2": second} {
		if user, err := kubeconfig.ClientRequestUser(request); user != want {
			t.Errorf("got a request of %q, want %q: %v", user, want, err)
		}
	}
	files := h.Files()
	if one, two := files["credentials/west/east/client.key"], files["credentials/west/east/client-2.key"]; one == "" || two == "" || one == two {
		t.Errorf("the workspace holds %v", files)
	}
}

// TestRequestWithABrokenKey: what is there is not replaced, for a certificate of it may be on its way.
func TestRequestWithABrokenKey(t *testing.T) {
	h := &fixture{Fixture: testmesh.Offline(t, westWith("reader: {auth: clientCertificate}")), t: t}
	h.Write("credentials/west/east/client.key", "hello")
	before := h.Files()
	ws, _ := h.Open()
	_, _, err := reader.Request(t.Context(), reader.RequestInput{Workspace: ws, Pair: pair, Log: h.Log})
	said := h.Problems(err)
	if len(said) != 1 || !strings.HasPrefix(said[0], "credentials/west/east/client.key: ") || !strings.HasSuffix(said[0], " | remove the file to start over") {
		t.Errorf("said %q", said)
	}
	if diff := cmp.Diff(before, h.Files()); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

// TestApproveAtTheTarget: the key is at the consumer's site, so the certificate is kept alone; where a key is here that it
// does not fit, nothing is.
func TestApproveAtTheTarget(t *testing.T) {
	for name, test := range map[string]struct {
		key  bool // another key is here
		want string
	}{
		"the key is elsewhere": {},
		"another key is here": {key: true, want: "verify what was written: credentials/west/east/client.crt: " +
			"parse client certificate: certificate and key do not belong together, or are not PEM"},
	} {
		h := byCertificate(t)
		if test.key {
			ws, _ := h.Open()
			h.request(ws)
		}
		before := h.Files()
		h.West.Intercept(fakeapi.Signer(t, now, nil))
		file, err := reader.Approve(t.Context(), h.approval([]byte(requestOf(t, "mesh:east"))))
		if test.want != "" {
			if said := h.Problems(err); len(said) != 1 || said[0] != test.want {
				t.Errorf("%s: said %q", name, said)
			}
			if diff := cmp.Diff(before, h.Files()); diff != "" {
				t.Errorf("%s: files (-before +after):\n%s", name, diff)
			}
			continue
		}
		if err != nil || h.Normalize(file) != "credentials/west/east/client.crt" || h.Files()["credentials/west/east/client.crt"] == "" {
			t.Errorf("%s: wrote %s, %v; the workspace holds %v", name, file, h.Problems(err), h.Files())
		}
	}
}
