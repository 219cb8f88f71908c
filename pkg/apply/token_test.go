package apply

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestRequestToken(t *testing.T) {
	const path = "POST /api/v1/namespaces/istio-system/serviceaccounts/mesh-reader/token"
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	granted := authenticationv1.TokenRequestStatus{Token: "hush", ExpirationTimestamp: metav1.NewTime(until)}
	server, config := serve(t, map[string]any{path: authenticationv1.TokenRequest{Status: granted}})
	token, expiry, err := RequestToken(t.Context(), config, TokenRequest{
		Namespace: "istio-system", Account: "mesh-reader", Secret: "generation-1", Duration: time.Hour})
	if err != nil || token.Reveal() != "hush" || !expiry.Equal(until) {
		t.Errorf("got %s, %v", expiry, err)
	}
	want := []string{path + ` {"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","metadata":{},` +
		`"spec":{"audiences":null,"expirationSeconds":3600,` +
		`"boundObjectRef":{"kind":"Secret","apiVersion":"v1","name":"generation-1"}},` +
		`"status":{"token":"","expirationTimestamp":null}}`}
	if diff := cmp.Diff(want, server.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestRequestTokenRefused(t *testing.T) {
	_, config := serve(t, nil)
	_, _, err := RequestToken(t.Context(), config, TokenRequest{Namespace: "n", Account: "a"})
	if want := "request token of account n/a: the server says NotFound"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
