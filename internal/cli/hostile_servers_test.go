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

// serverAttacks: an API server may lie, about itself alone.
func serverAttacks(t *testing.T) []attack {
	var attacks []attack
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
				{args: "render --apply --yes" + flags, exits: []int{1, 2}, says: []string{"error: "}},
				{args: "diff" + flags, exits: []int{1, 2}, says: []string{"error: "}},
				{args: "check" + flags, exits: []int{0, 1, 2, 3}},
				{args: "credentials status --live" + flags, exits: []int{0, 1, 2, 3}},
			}})
	}
	return attacks
}
