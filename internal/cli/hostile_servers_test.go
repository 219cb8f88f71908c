package cli_test

import (
	"compress/gzip"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
)

// endless is a body without an end.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// answers are those of servers that lie, by what they do.
func answers() map[string]http.HandlerFunc {
	text := func(code int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	all := map[string]http.HandlerFunc{
		"nothing": text(200, "application/json", ""), "null": text(200, "application/json", "null"), "a list": text(200, "application/json", "[]"),
		"HTML": text(200, "text/html", "<h1>\x1b[31mforged</h1>"), "half an object": text(200, "application/json", `{"kind":"Namespace","metadata":{"na`),
		"another kind": text(200, "application/json", `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"kube-system"}}`),
		"no protobuf":  text(200, "application/vnd.kubernetes.protobuf", "k8s\x00\xff\xff\xff\xff\xff\xff"),
		"deep":         text(200, "application/json", strings.Repeat(`{"a":`, 50_000)), "a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/"+strings.Repeat("x", 10), http.StatusTemporaryRedirect)
		},
		"a loop":            func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) },
		"an endless answer": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, endless(' ')) },
		"a bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			_, _ = io.Copy(packed, io.LimitReader(endless(' '), 1<<30))
			_ = packed.Close()
		},
		"an endless header": func(w http.ResponseWriter, _ *http.Request) {
			for i := range 2000 {
				w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("x", 8000))
			}
		},
		"silence": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"wait an hour": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"a broken connection": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for _, code := range []int{400, 401, 403, 404, 409, 422, 500, 503} {
		for name, value := range payloads() {
			if name == "device" || name == "path" {
				continue
			}
			status, _ := json.Marshal(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": value, "reason": value, "code": code,
				"details": map[string]any{"name": value, "kind": value, "causes": []any{map[string]any{"message": value, "field": value}}}})
			if code == 403 || code == 500 || name == "override" {
				all[fmt.Sprint("status ", code, ", ", name)] = text(code, "application/json", string(status))
			}
		}
	}
	for name, value := range payloads() {
		namespace, _ := json.Marshal(map[string]any{"kind": "Namespace", "apiVersion": "v1", "metadata": map[string]any{"name": "kube-system", "uid": value}})
		all["UID, "+name] = text(200, "application/json", string(namespace))
	}
	return all
}

// liesAboutItself are servers that are right in all but one answer: what is written of it is still a mesh.
func liesAboutItself(t *testing.T) []attack {
	var attacks []attack
	for name, value := range payloads() {
		for what, lie := range map[string]func(*fakeapi.Server){
			"version": func(s *fakeapi.Server) { s.On(map[string]string{"gitVersion": value}, "get version", "list version") },
			"network": func(s *fakeapi.Server) {
				s.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system, labels: {topology.istio.io/network: " + ascii(value) + "}}}")
			},
			"token": func(s *fakeapi.Server) {
				secret := map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
					"metadata": map[string]any{"name": "mesh-reader-east-token-1", "namespace": "istio-system",
						"annotations": map[string]any{"kubernetes.io/service-account.name": value}},
					"data": map[string]any{"token": []byte(fakeapi.JWT(map[string]any{"sub": value, "iss": value})), "ca.crt": []byte(value)}}
				s.On(secret, "get secrets istio-system/mesh-reader-east-token-1")
			},
			"refusal": func(s *fakeapi.Server) {
				s.On(fakeapi.Conflict(value, value), "dry-run apply secrets istio-system/mesh-reader-east-token-1", "dry-run apply namespaces istio-system")
			},
		} {
			server := fakeapi.New(t, "uid-west")
			lie(server)
			flags := " --cluster west --kubeconfig " + fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"ctx-west": server})
			attacks = append(attacks, attack{name: "a lie about its " + what + ", " + name, runs: []attempt{
				{args: "collect --pin" + flags, exits: []int{0, 1}},
				{args: "validate", exits: []int{0, 2}, says: []string{"[MESH009]"}}, // a network that east has not
				{args: "render --apply --allow-unreviewed --dry-run=server --sample" + flags, exits: []int{0, 1, 2, 3}},
				{args: "diff" + flags, exits: []int{0, 1, 2}},
			}})
		}
	}
	return attacks
}

// serverAttacks: an API server may lie, about itself alone.
func serverAttacks(t *testing.T) []attack {
	attacks := liesAboutItself(t)
	for name, answer := range answers() {
		server := httptest.NewTLSServer(answer)
		server.Config.ErrorLog = nil
		t.Cleanup(server.Close)
		lying := &fakeapi.Server{URL: server.URL, CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})}
		kubeconfig := fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"ctx-east": lying, "ctx-west": lying})
		flags := " --request-timeout=1s --kubeconfig " + kubeconfig
		attacks = append(attacks, attack{name: name,
			prepare: func(t *testing.T) {
				t.Helper()
				before := filesHere(t)["credentials/west/east/token"]
				t.Cleanup(func() {
					if now, _ := os.ReadFile("credentials/west/east/token"); string(now) != before {
						t.Error("a token was written")
					}
				})
			},
			runs: []attempt{
				{args: "collect --pin" + flags, exits: []int{1, 2}, says: []string{"error: "}},
				{args: "render --apply --allow-unreviewed --yes" + flags, exits: []int{1, 2}, says: []string{"error: "}},
				{args: "diff" + flags, exits: []int{1, 2}, says: []string{"error: "}},
				{args: "check" + flags, exits: []int{0, 1, 2, 3}},
				{args: "credentials status --live" + flags, exits: []int{0, 1, 2, 3}},
			}})
	}
	return attacks
}
