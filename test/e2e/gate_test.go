package e2e

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// gate stands between the program and an API server, and is shut at one of the requests that write: so a test knows
// how far the program has come.
type gate struct {
	proxy  http.Handler
	server *httptest.Server
	shut   chan struct{} // closed when the gate is
	closed chan struct{} // closed when the test ends

	counting sync.Mutex
	before   int // so many writes pass
}

// newGate lets that many writes pass. Those that follow never reach the API server, and are not answered.
func newGate(t testing.TB, c *clusters.Cluster, before int) *gate {
	t.Helper()
	target, err := url.Parse(c.Server)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = transport
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	g := &gate{proxy: proxy, before: before, shut: make(chan struct{}), closed: make(chan struct{})}
	g.server = httptest.NewUnstartedServer(g)
	g.server.EnableHTTP2 = true // as an API server has it
	g.server.StartTLS()
	t.Cleanup(g.server.Close)
	t.Cleanup(func() { close(g.closed) })
	return g
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if writes(r) && !g.pass() {
		select {
		case <-r.Context().Done():
		case <-g.closed:
		}
		panic(http.ErrAbortHandler)
	}
	g.proxy.ServeHTTP(w, r)
}

// writes reports whether a request changes anything.
func writes(r *http.Request) bool {
	return r.Method == http.MethodPatch && r.URL.Query().Get("dryRun") == ""
}

func (g *gate) pass() bool {
	g.counting.Lock()
	defer g.counting.Unlock()
	g.before--
	if g.before == -1 {
		close(g.shut)
	}
	return g.before >= 0
}

// kill ends the API server behind the gate when the gate is shut, and the gate with it.
func (g *gate) kill(c *clusters.Cluster) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer close(done)
		<-g.shut
		c.Kill()
		_ = g.server.Listener.Close() // who connects is refused, as by a server that is gone
		g.server.CloseClientConnections()
	}()
	return done
}

// lead has the context of a cluster lead through the gate.
func (g *gate) lead(config *clientcmdapi.Config, context string) {
	config.Clusters[context] = &clientcmdapi.Cluster{
		Server:                   g.server.URL,
		CertificateAuthorityData: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.server.Certificate().Raw}),
	}
}
