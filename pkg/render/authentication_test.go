package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// The keys that are served for an issuer are encoded from what was verified: what a facts file says beside
// them does not get there.
func TestServedKeysAreTheVerifiedOnes(t *testing.T) {
	const file = "deploy/authentication/west/east/jwks"
	in := loadScenario(t, "federated").Input
	honest := string(trees(t, in)[file])
	east, _ := in.Graph.Cluster("east")
	keys := east.API.ServiceAccountJWKS
	east.API.ServiceAccountJWKS = " " + strings.Replace(strings.Replace(keys, `"kid":`, `"x5u": "https://evil.example", "kid" : `, 1), `{"keys"`, `{"note": "SECRET", "keys"`, 1)
	if served := string(trees(t, in)[file]); served != honest || honest == "" {
		t.Errorf("got %s, want %s", served, honest)
	}
	east.API.ServiceAccountJWKS = strings.Replace(keys, `{"keys"`, `{"Keys": [], "keys"`, 1)
	const want = "render the keys of the issuer of east: serviceAccountJWKS must use exact member names: it has keys in another letter case"
	if _, err := render.Deploy(in, nil); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
