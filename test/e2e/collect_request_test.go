package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

func testRequest(t *testing.T, w workspace, east *clusters.Cluster) {
	old := w.read(t, tokenOfWest)
	got := w.mustRun(t, "collect", "--cluster=east", "--token=request", "--duration=48h")
	got.wantSaid(t, "east: the token of west is valid until ", "east: 1 token written")
	_, date, _ := strings.Cut(got.stderr, "is valid until ")
	date, _, _ = strings.Cut(date, "\n")
	expiry, err := time.Parse(time.RFC3339, date)
	if left := time.Until(expiry); err != nil || left < 47*time.Hour || left > 49*time.Hour {
		t.Errorf("expiry: got %s, %v, want in 48 hours", date, err)
	}
	now := w.read(t, tokenOfWest)
	if now == old || userOf(t, east, now) != "system:serviceaccount:istio-system:"+readerOfWest {
		t.Errorf("the requested token is not the reader's")
	}
}

func testShortLife(t *testing.T, w workspace, east *clusters.Cluster) {
	east.Stop()
	east.Restart(t, "--service-account-max-token-expiration=2h")
	old := w.read(t, tokenOfWest)
	got := w.run(t, "collect", "--cluster=east", "--token=request")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: east: west has no token to read east: the granted validity is too short: the token would be valid for 2h0m0s, less than 24h0m0s",
		"hint: accept it with --min-duration, raise the API server's --service-account-max-token-expiration, or use --token=secret")
	if w.read(t, tokenOfWest) != old {
		t.Error("a token was written although it was refused")
	}
	w.mustRun(t, "collect", "--cluster=east", "--token=request", "--min-duration=90m").wantSaid(t, "east: 1 token written")
}
