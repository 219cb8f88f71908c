package reader_test

import (
	"errors"
	"os"
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
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// byCertificate is a mesh in which east shows a certificate to west.
func byCertificate(t *testing.T) *fixture {
	t.Helper()
	return newFixture(t, westWith("reader: {auth: clientCertificate}"))
}

// approval of a request that was made before.
func (h *fixture) approval(request []byte) reader.ApproveInput {
	ws, clusters := h.Open()
	return reader.ApproveInput{Workspace: ws, Clusters: func() (*live.Clusters, error) { return clusters, nil }, Pair: pair, Request: request,
		Validity: 90 * 24 * time.Hour, Compare: func(string) error { return nil }}
}

// TestRequestAndApprove: the key stays where it was made, and the certificate is one that fits it.
func TestRequestAndApprove(t *testing.T) {
	h := byCertificate(t)
	ws, _ := h.Open()
	request, fingerprint := h.request(ws)
	key := h.Files()["credentials/west/east/client.key"]
	if !strings.HasPrefix(key, "-----BEGIN PRIVATE KEY-----") || strings.Contains(string(request), "PRIVATE") {
		t.Fatalf("the workspace holds %v", h.Files())
	}
	if _, sameKey := h.request(ws); sameKey != fingerprint || h.Files()["credentials/west/east/client.key"] != key ||
		!slices.Equal(h.Messages, []string{"using the existing key of east for west"}) {
		t.Errorf("a second request: fingerprint %s, first %s, messages %q", sameKey, fingerprint, h.Messages)
	}

	h.West.Intercept(fakeapi.Signer(t, now, nil))
	in, compared := h.approval(request), ""
	in.Compare = func(shown string) error {
		if compared = shown; len(h.West.Requests()) > 0 {
			t.Error("west is asked before somebody has compared the fingerprint")
		}
		return nil
	}
	file, err := reader.Approve(t.Context(), in)
	if err != nil || compared != fingerprint || file != in.Workspace.Path("credentials/west/east/client.crt") {
		t.Fatalf("got %s, compared %s with %s, %v", file, compared, fingerprint, err)
	}
	certificate, err := in.Workspace.ReadClientCertificate(pair)
	if err != nil || certificate.User() != "mesh:east" {
		t.Errorf("kept is the certificate of %v, %v", certificate, err)
	}
	digits := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(fingerprint, "SHA256:"), ":", ""))[:12]
	want := []string{"get namespaces kube-system", "create certificatesigningrequests",
		"update certificatesigningrequests/approval mesh-east-west-" + digits + "-7776000s", "get certificatesigningrequests mesh-east-west-" + digits + "-7776000s"}
	if diff := cmp.Diff(want, h.West.Requests()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestApproveRefuses: nothing is asked of a cluster, and nothing is kept.
func TestApproveRefuses(t *testing.T) {
	no := errors.New("not signed")
	for _, test := range []struct {
		name    string
		prepare func(*fixture, *reader.ApproveInput)
		want    []string
		asked   []string
	}{
		{"no request", func(_ *fixture, in *reader.ApproveInput) { in.Request = []byte("hello") },
			[]string{"read client request: it is not one PEM block of type CERTIFICATE REQUEST"}, nil},
		{"the request of another reader", func(_ *fixture, in *reader.ApproveInput) { in.Pair.Consumer = "north" },
			[]string{`read client request: it requests user "mesh:east", not "mesh:north"`}, nil},
		{"the fingerprints differ", func(_ *fixture, in *reader.ApproveInput) { in.Compare = func(string) error { return no } }, []string{"not signed"}, nil},
		{"west is another cluster", func(h *fixture, in *reader.ApproveInput) {
			request := in.Request
			h.West = fakeapi.New(h.t, "uid-of-new")
			h.Connect(h.East, h.West)
			*in = h.approval(request)
		}, []string{`context "prod-west" points at another cluster: its UID is uid-of-new, and the UID of west is uid-west | ` +
			"correct context in mesh.yaml; if the cluster was re-created, remove the old uid from mesh.yaml and record the new one: " +
			"kubectl mesh collect --pin --cluster west -f mesh.yaml"}, []string{"get namespaces kube-system"}},
	} {
		h := byCertificate(t)
		ws, _ := h.Open()
		request, _ := h.request(ws)
		before := h.Files()
		in := h.approval(request)
		test.prepare(h, &in)
		_, err := reader.Approve(t.Context(), in)
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.asked, h.West.Requests()); diff != "" {
			t.Errorf("%s: asked (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(before, h.Files()); diff != "" {
			t.Errorf("%s: files (-before +after):\n%s", test.name, diff)
		}
	}
}

// TestApproveWithoutTheRight: the request waits for somebody who may approve it.
func TestApproveWithoutTheRight(t *testing.T) {
	h := byCertificate(t)
	ws, _ := h.Open()
	request, fingerprint := h.request(ws)
	h.West.Intercept(fakeapi.Signer(t, now, apierrors.NewForbidden(certificatesv1.Resource("certificatesigningrequests"), "x", errors.New("no"))))
	_, err := reader.Approve(t.Context(), h.approval(request))
	name := "mesh-east-west-" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(fingerprint, "SHA256:"), ":", ""))[:12] + "-7776000s"
	want := []string{`the request was created, but not approved: certificatesigningrequests.certificates.k8s.io "x" is forbidden: no | ` +
		"have it approved: kubectl --kubeconfig=CONFIG --context=prod-west certificate approve " + name}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRequestReplaces an earlier request of the same reader, and nothing else.
func TestRequestReplaces(t *testing.T) {
	h := byCertificate(t)
	ws, _ := h.Open()
	request, _ := h.request(ws)
	for _, test := range []struct {
		before string
		want   bool
	}{
		{string(request), true},
		{"hello", false},
	} {
		h.Write("east-west.csr", test.before)
		_, _, err := reader.Request(t.Context(), reader.RequestInput{Workspace: ws, Pair: pair})
		if h.Write("out.csr", test.before); (err == nil) != test.want {
			t.Errorf("%.20q: got %v", test.before, h.Problems(err))
		}
		_, _, err = reader.Request(t.Context(), reader.RequestInput{Workspace: ws, Pair: pair, Out: ws.Path("out.csr")})
		if (err == nil) != test.want {
			t.Errorf("--out, %.20q: got %v", test.before, h.Problems(err))
		}
	}
}

// request makes the key and the request.
func (h *fixture) request(ws *workspace.Workspace) (request []byte, fingerprint string) {
	h.t.Helper()
	file, fingerprint, err := reader.Request(h.t.Context(), reader.RequestInput{Workspace: ws, Pair: pair, Log: h.Log})
	if err != nil {
		h.t.Fatal(h.Problems(err))
	}
	if request, err = os.ReadFile(file); err != nil {
		h.t.Fatal(err)
	}
	return request, fingerprint
}
