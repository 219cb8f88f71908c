package reader_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

const letsIn = "verify: west accepts system:serviceaccount:istio-system:mesh-reader-east with generation 1"

// edit changes the remote kubeconfig in east.
func (h *fixture) edit(change func(string) string) {
	h.t.Helper()
	text := change(data(h.East.Get("secrets", "istio-system/istio-remote-secret-west"), "west"))
	h.East.Put("{apiVersion: v1, kind: Secret, metadata: {namespace: istio-system, name: istio-remote-secret-west, " +
		"labels: {istio/multiCluster: 'true'}}, data: {west: " + base64.StdEncoding.EncodeToString([]byte(text)) + "}}")
}

// TestVerify: what keeps a rotation from dropping the old credential.
func TestVerify(t *testing.T) {
	for _, test := range []struct {
		name     string
		change   func(*fixture)
		want     []string
		messages []string
	}{
		{"all is well", func(*fixture) {}, nil, []string{letsIn}},
		{"west knows it a moment later", func(h *fixture) {
			calls := 0
			h.West.Intercept(func(request fakeapi.Request) any {
				if request.Resource == "selfsubjectreviews" {
					if calls++; calls == 1 {
						return apierrors.NewUnauthorized("Unauthorized")
					}
				}
				return nil
			})
		}, nil, []string{letsIn}},
		{"east has no remote secret", func(h *fixture) { h.East.Remove("secrets", "istio-system/istio-remote-secret-west") },
			[]string{"east has no remote secret for west | " + bring}, nil},
		{"it leads elsewhere", func(h *fixture) {
			h.edit(func(text string) string { return strings.Replace(text, h.West.URL, "https://203.0.113.66", 1) })
		}, []string{"the remote secret in east does not point at the API server in mesh.yaml, but at https://203.0.113.66 | " +
			"kubectl mesh render --apply --force-conflicts --cluster east -f mesh.yaml"}, nil},
		{"it goes by a proxy", func(h *fixture) {
			h.edit(func(text string) string {
				return strings.Replace(text, "server: ", "proxy-url: http://203.0.113.66\n    server: ", 1)
			})
		}, []string{"the remote secret in east does not point at the API server in mesh.yaml, but at WEST | " +
			"kubectl mesh render --apply --force-conflicts --cluster east -f mesh.yaml"}, nil},
		{"it verifies nothing", func(h *fixture) {
			h.edit(func(text string) string {
				return regexp.MustCompile("certificate-authority-data: .*").ReplaceAllString(text, "insecure-skip-tls-verify: true")
			})
		}, []string{"the remote secret in east does not point at the API server in mesh.yaml, but at WEST | " +
			"kubectl mesh render --apply --force-conflicts --cluster east -f mesh.yaml"}, nil},
		{"it runs a program", func(h *fixture) {
			h.edit(func(text string) string {
				return strings.Replace(text, "token: ", "exec: {command: sh}\n    token: ", 1)
			})
		}, []string{`the remote secret in east: reject user "west": it runs a program, which istiod accepts only with "exec" in ` +
			"PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS | apply the new one: " + bring}, nil},
		{"it tells of no generation", func(h *fixture) {
			h.edit(func(text string) string { return strings.Replace(text, h.held(), "opaque", 1) })
		}, []string{`the remote secret in east: its credential contains no generation, "mesh-reader-east-token-1" is expected | ` +
			"apply the new one: " + bring}, nil},
		{"west is another cluster", func(h *fixture) {
			h.Write("mesh.yaml", strings.Replace(testmesh.Both, "uid-west", "uid-of-old", 1))
		}, []string{"WEST points at a cluster with UID uid-west, but the UID of west is uid-of-old | correct api.server of west"}, nil},
		{"east is another cluster", func(h *fixture) { h.Connect(fakeapi.New(h.t, "uid-of-new"), h.West) }, []string{
			`context "prod-east" points at another cluster: its UID is uid-of-new, and the UID of east is uid-east | ` +
				"correct context in mesh.yaml; if the cluster was re-created, remove the old uid from mesh.yaml and record the new one: " +
				"kubectl mesh collect --pin --cluster east -f mesh.yaml | or verify it from another site, and continue with: " + rotate + " --step drop --offline"}, nil},
	} {
		h := rolledOut(t, testmesh.Both)
		test.change(h)
		err := reader.Verify(t.Context(), h.rotation())
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.messages, h.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", test.name, diff)
		}
		if changed := h.changed(); len(changed) > 0 {
			t.Errorf("%s: changed %v", test.name, changed)
		}
	}
}

// closed is the address of a server that does not answer any more.
func closed() string {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return server.URL
}

// TestVerifyAtTheContext: the address that control planes use does not answer at this desk, and the one of
// the context does.
func TestVerifyAtTheContext(t *testing.T) {
	address := closed()
	h := rolledOut(t, clusters+testmesh.East+strings.Replace(testmesh.West, "WEST", address, 1))
	if err := reader.Verify(t.Context(), h.rotation()); err != nil {
		t.Fatal(err)
	}
	want := []string{address + ` does not respond at its address: calling the address of context "prod-west"`, letsIn}
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestVerifyFromHere: nobody reaches east, so what is in the workspace is tried, and proves less.
func TestVerifyFromHere(t *testing.T) {
	const here = "kubectl mesh render --apply --cluster west -f mesh.yaml; kubectl mesh collect --cluster west -f mesh.yaml; " +
		"kubectl mesh render --cluster east --secrets=include -f mesh.yaml | kubectl --context=CONTEXT_OF_east apply --server-side --field-manager=mesh-cli -f -"
	h := rolledOut(t, testmesh.Both)
	h.Write("mesh.yaml", clusters+eastAway+testmesh.West)
	if said := h.Problems(reader.Verify(t.Context(), h.rotation())); len(said) != 1 || said[0] != "there is no credential of east for west in credentials | "+here {
		t.Errorf("without a credential: %q", said)
	}
	h.Write("credentials/west/east/token", h.issued("1")+"\n")
	if err := reader.Verify(t.Context(), h.rotation()); err != nil {
		t.Errorf("with the credential: %v", err)
	}
	if err := reader.Begin(t.Context(), h.rotation()); err != nil {
		t.Fatal(err)
	}
	if said := h.Problems(reader.Drop(t.Context(), h.rotation())); len(said) != 1 ||
		said[0] != `in credentials: its credential belongs to "mesh-reader-east-token-1", not to generation 2, which is "mesh-reader-east-token-2" | `+here {
		t.Errorf("drop with the old one: %q", said)
	}
	h.Write("credentials/east/west/token", fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-west"}))
	h.rollOut("west")
	h.Write("credentials/west/east/token", h.issued("2")+"\n")
	want := "it is unknown whether east uses generation 2, because it cannot be asked: it has no context in mesh.yaml | if you verified that it does: " +
		rotate + " --step drop --offline"
	if said := h.Problems(reader.Drop(t.Context(), h.rotation())); len(said) != 1 || said[0] != want {
		t.Errorf("drop with the new one: %q, want %q", said, want)
	}
	in := h.rotation()
	in.Offline = true
	if err := reader.Drop(t.Context(), in); err != nil || h.Messages[0] != "warning: not verified: east uses generation 2" {
		t.Errorf("drop offline: %v, messages %q", err, h.Messages)
	}
}
