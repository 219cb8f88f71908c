package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// testIstiodURL: the debug interface of one istiod is forwarded to this machine; the others are asked as ever.
func (m *checkMesh) testIstiodURL(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/debug/endpointShardz" {
			_, _ = io.WriteString(w, `{"a.shop": {"shop": {"Shards": {"Kubernetes/west": [{}], "Kubernetes/north": [{}]}}}}`)
			return
		}
		_, _ = io.WriteString(w, `[{"id":"east"},{"id":"west","secretName":"istio-system/x","syncStatus":"closed"},{"id":"north","syncStatus":"synced"}]`)
	}))
	t.Cleanup(server.Close)
	for _, args := range [][]string{{"--istiod-debug", "east=" + server.URL}, {"--cluster", "east", "--istiod-debug", server.URL + "/"}} {
		r, got := m.check(t, args...)
		got.wantCode(t, 1)
		if open := r.open(); len(open) != 1 || open[0] != "CHECK021 failed east west" {
			t.Errorf("%v: not ok: %v", args, open)
		}
	}
	for _, url := range []string{"http://203.0.113.9:15014", "east=ftp://127.0.0.1", "wes=http://127.0.0.1:1", "http://127.0.0.1:1"} {
		if got := m.run(t, "check", "--istiod-debug", url); got.code != 2 {
			t.Errorf("%s: got exit code %d\n%s", url, got.code, got.stderr)
		}
	}
}
