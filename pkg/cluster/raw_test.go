package cluster

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
)

// answering is a reader of an API server that answers each path with a text; "" is not found.
func answering(t *testing.T, answers map[string]string) *reader {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answers[r.URL.Path] == "" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, answers[r.URL.Path]) // the reader may hang up
	}))
	t.Cleanup(server.Close)
	client, err := Open(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return &reader{Client: client, ctx: t.Context()}
}

// What an API server says of itself is read by exact names, once each, and not without bound.
func TestVersionOfAnyServer(t *testing.T) {
	for answer, want := range map[string]string{
		`{"gitVersion": "v1.36.3", "other": {}}`:             "v1.36.3, <nil>",
		`{"GitVersion": "evil", "gitVersion": "v1.36.3"}`:    "v1.36.3, <nil>",
		`{"GitVersion": "evil"}`:                             ", read version: the response contains none: is it a Kubernetes API server?",
		`{"gitVersion": "v1.36.3", "gitVersion": "v1.36.4"}`: ", read version: gitVersion: duplicate field",
		`<html>`: ", read version: the document is not JSON",
		`{"gitVersion": "` + strings.Repeat("x", 2<<20) + `"}`: ", read version: the response to /version is larger than 1 MiB",
	} {
		r := answering(t, map[string]string{"/version": answer})
		err := r.version()
		if got := fmt.Sprintf("%s, %v", r.facts.KubernetesVersion, err); got != want {
			t.Errorf("%.60s: got %s, want %s", answer, got, want)
		}
	}
}

func TestIssuerOfAnyServer(t *testing.T) {
	const keys = `{"keys":[{"kid":"a","kty":"EC"}]}`
	for what, test := range map[string]struct{ discovery, keys, want string }{
		"both":              {`{"issuer": "https://i", "jwks_uri": "https://i/keys"}`, keys, "https://i " + keys + " []"},
		"in another case":   {`{"Issuer": "evil", "ISSUER": "evil"}`, keys, "  [the issuer of service-account tokens: the API server does not report it]"},
		"in both cases":     {`{"issuer": "https://i", "Issuer": "evil"}`, keys, "https://i " + keys + " []"},
		"twice":             {`{"issuer": "https://i", "issuer": "evil"}`, keys, "  [the issuer of service-account tokens: the API server does not report it]"},
		"neither":           {"", "", "  [the issuer of service-account tokens: the API server does not serve it]"},
		"keys twice":        {`{"issuer": "https://i"}`, `{"keys":[{"kty":"EC"}],"keys":[{"kty":"EC"}]}`, "https://i  [the keys of the issuer of service-account tokens: the API server's key set must have each member once: keys: duplicate field]"},
		"keys in two cases": {`{"issuer": "https://i"}`, `{"keys":[{"kty":"EC"}],"Keys":[]}`, "https://i  [the keys of the issuer of service-account tokens: the API server's key set must use exact member names: it has keys in another letter case]"},
		"a private key":     {`{"issuer": "https://i"}`, `{"keys":[{"kty":"EC","D":"secret"}]}`, "https://i  [the keys of the issuer of service-account tokens: the API server serves a private key]"},
	} {
		r := answering(t, map[string]string{"/.well-known/openid-configuration": test.discovery, "/openid/v1/jwks": test.keys})
		if err := r.issuer(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if got := fmt.Sprint(r.facts.Issuer, " ", r.facts.JWKS, " ", r.notes); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, test.want)
		}
	}
}
