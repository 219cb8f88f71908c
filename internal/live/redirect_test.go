package live

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// before is a server that stands before another one, at an address of its own.
func before(t *testing.T, handler http.Handler) *fakeapi.Server {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	return &fakeapi.Server{URL: server.URL, CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})}
}

// TestRedirect: a server that sends its callers elsewhere answers for nobody, whatever is found there. No
// request follows, with or without a token.
func TestRedirect(t *testing.T) {
	meant := fakeapi.New(t, "uid-east")
	for _, code := range []int{301, 302, 303, 307, 308} {
		first := before(t, http.RedirectHandler(meant.URL+"/api/v1/namespaces/kube-system", code))
		contexts := reach(t, first)
		_, err := contexts.For(Mesh{}).Open(t.Context(), east("uid-east"), RequireProof)
		want := []hint.Problem{{
			Text: `read namespace kube-system: Get "` + first.URL + `/api/v1/namespaces/kube-system": the server redirects to another one: ` + meant.URL,
			Remedies: []string{`context "prod-east" requires the API server's own address: ` +
				"kubectl --kubeconfig=CONFIG config set-cluster prod-east --server=URL"}}}
		if diff := cmp.Diff(want, said(contexts, err)); diff != "" {
			t.Errorf("%d (-want +got):\n%s", code, diff)
		}
	}
	if asked := meant.Requests(); len(asked) > 0 {
		t.Errorf("the redirect was followed: %v", asked)
	}
}

// TestRedirectToItself: where a server keeps its pages is its own affair.
func TestRedirectToItself(t *testing.T) {
	meant := fakeapi.New(t, "uid-east")
	server := before(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, slash := strings.CutSuffix(r.URL.Path, "/")
		if !slash {
			http.Redirect(w, r, path+"/", http.StatusFound)
			return
		}
		r.URL.Path = path
		meant.ServeHTTP(w, r)
	}))
	opened, err := reach(t, server).For(Mesh{}).Open(t.Context(), east("uid-east"), RequireProof)
	if err != nil || opened.Proof != ProvenByUID {
		t.Errorf("got %v", err)
	}
}
