// Package fakeapi is a Kubernetes API server for tests, in memory and on loopback.
//
// It stores objects by path, patches and applies them with field ownership, using a real API server's code, and fills
// in the tokens of Secrets. It is small: kinds have no schema, so lists are atomic and nothing is validated; any token
// or client certificate has all permissions. test/e2e tests what real API servers answer.
package fakeapi

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// AdminToken is the token of the user in a Kubeconfig.
const AdminToken = "admin-token"

// Server is one cluster. Lacks and SlowTokens are set before the first request.
type Server struct {
	// URL of the server; CA is its certificate, as PEM: the same for all servers.
	URL string
	CA  []byte
	// Lacks are missing kinds, by resource name.
	Lacks []string
	// SlowTokens is how often a token Secret is read before it has a token.
	SlowTokens int

	t         testing.TB
	mutex     sync.Mutex
	objects   store
	users     map[string]string // by token
	reads     map[string]int    // of token Secrets
	intercept func(Request) any
	requests  []Request
}

// New starts a cluster until the end of the test. The UID is that of namespace kube-system.
func New(t testing.TB, uid string) *Server {
	t.Helper()
	s := &Server{t: t, users: map[string]string{AdminToken: "admin"}, reads: map[string]int{},
		objects: store{live: map[string]*unstructured.Unstructured{}, births: map[string]int{}}}
	server := httptest.NewUnstartedServer(s)
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert} // #nosec G402 // the default version is 1.2
	server.StartTLS()
	t.Cleanup(server.Close)
	s.URL, s.CA = server.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	s.Put("{apiVersion: v1, kind: Namespace, metadata: {name: kube-system, uid: " + uid + "}}")
	return s
}

// Intercept calls a function before each request. Its result, an object or an error, is the response; nil leaves the
// request to the server.
func (s *Server) Intercept(answer func(Request) any) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.intercept = answer
}

// On returns the same response to each of these requests, in the format of Request.String.
func (s *Server) On(answer any, requests ...string) {
	s.Intercept(func(request Request) any {
		if slices.Contains(requests, request.String()) {
			return answer
		}
		return nil
	})
}

// Conflict returns the error for fields that another manager owns.
func Conflict(manager string, fields ...string) error {
	var causes []metav1.StatusCause
	for _, field := range fields {
		causes = append(causes, metav1.StatusCause{Type: metav1.CauseTypeFieldManagerConflict,
			Message: `conflict with "` + manager + `"`, Field: field})
	}
	return apierrors.NewApplyConflict(causes, "Apply failed")
}

// Requests returns those since the last call, in order, without discovery.
func (s *Server) Requests() []string { return s.taken(func(Request) bool { return true }) }

// Changes returns the requests since the last call that may have changed something.
func (s *Server) Changes() []string { return s.taken(Request.Changes) }

func (s *Server) taken(wanted func(Request) bool) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var taken []string
	for _, request := range s.requests {
		if wanted(request) {
			taken = append(taken, request.String())
		}
	}
	s.requests = nil
	return taken
}

// ServeHTTP answers one request at a time.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	user := s.users[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if shown := r.TLS.PeerCertificates; user == "" && len(shown) > 0 {
		user = shown[0].Subject.CommonName
	}
	switch {
	case user == "":
		answer(w, apierrors.NewUnauthorized("Unauthorized"))
	case r.URL.Path == "/api" || r.URL.Path == "/apis":
		s.discover(w, r.URL.Path == "/api")
	default:
		request := parse(r)
		s.requests = append(s.requests, request)
		if s.intercept != nil {
			if instead := s.intercept(request); instead != nil {
				answer(w, instead)
				return
			}
		}
		answer(w, s.handle(request, user))
	}
}

// answer writes an object, or an error's status.
func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err, ok := value.(error); ok {
		var failed *apierrors.StatusError
		if !errors.As(err, &failed) {
			failed = apierrors.NewInternalError(err)
		}
		status := failed.Status()
		status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
		w.WriteHeader(int(status.Code))
		value = status
	}
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}

// Kubeconfig writes a kubeconfig with a context for each server, and returns its path.
func Kubeconfig(t testing.TB, contexts map[string]*Server) string {
	t.Helper()
	config := clientcmdapi.NewConfig()
	config.AuthInfos["admin"] = &clientcmdapi.AuthInfo{Token: AdminToken}
	for name, server := range contexts {
		config.Clusters[name] = &clientcmdapi.Cluster{Server: server.URL, CertificateAuthorityData: server.CA}
		config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: "admin"}
	}
	text, err := clientcmd.Write(*config)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}
