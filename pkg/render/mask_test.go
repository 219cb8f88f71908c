package render_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// masked renders east of a pair whose token for west is this one.
func masked(t *testing.T, token kubeconfig.Token) render.Overlay {
	t.Helper()
	in := pair(t)
	in.Tokens[access.Pair{Target: "west", Consumer: "east"}] = token
	return compile(t, in, "east", render.Options{Secrets: true}).Masked()
}

func TestMaskedTokens(t *testing.T) {
	tests := map[string]struct {
		token kubeconfig.Token
		want  map[string]any
	}{
		"of a Secret": {
			token: jwt(t, `{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:istio-system:mesh-reader-east"}`),
			want: map[string]any{"subject": "system:serviceaccount:istio-system:mesh-reader-east",
				"issuer": "kubernetes/serviceaccount", "expires": "never"},
		},
		"of a request": {
			token: jwt(t, `{"iss":"https://issuer.example.com","sub":"system:serviceaccount:a:b","exp":1798761600}`),
			want: map[string]any{"subject": "system:serviceaccount:a:b",
				"issuer": "https://issuer.example.com", "expires": "2027-01-01T00:00:00Z"},
		},
		"without claims": {token: jwt(t, `{}`), want: map[string]any{"expires": "never"}},
		"no JWT":         {token: parseToken(t, "FAKE-opaque"), want: map[string]any{"expires": "unknown"}},
		"wrong claims":   {token: jwt(t, `{"sub":1}`), want: map[string]any{"expires": "unknown"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want["masked"] = tt.token.Fingerprint()
			if diff := cmp.Diff(any(tt.want), maskedToken(t, masked(t, tt.token))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// maskedToken is what stands where east's token for west would be.
func maskedToken(t *testing.T, overlay render.Overlay) any {
	t.Helper()
	for _, o := range objects(t, yamlOf(t, overlay)) {
		users, ok := o.at("stringData", "west", "users").([]any)
		if !ok {
			continue
		}
		if len(users) != 1 {
			t.Fatalf("%d users", len(users))
		}
		user, _ := users[0].(map[string]any)
		return object(user).at("user", "token")
	}
	t.Fatal("no masked Secret")
	return nil
}

// But for the token a masked Secret is the real one, with its kubeconfig in the open.
func TestMaskingHidesTheTokenAlone(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, consumer := range s.clusters() {
			overlay := compile(t, s.Input, consumer, render.Options{Secrets: true})
			want := objects(t, yamlOf(t, overlay))
			for _, o := range want {
				openSecret(t, s.Input, consumer, o)
			}
			if diff := cmp.Diff(want, objects(t, yamlOf(t, overlay.Masked()))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", consumer, diff)
			}
		}
	})
}

// openSecret does to a remote Secret by hand what masking is to do; it leaves other objects alone.
func openSecret(t *testing.T, in render.Input, consumer string, o object) {
	t.Helper()
	data, _ := o["stringData"].(map[string]any)
	for id, text := range data {
		cluster, known := in.Graph.ClusterByID(id)
		if !known {
			continue
		}
		target := cluster.Name
		if _, held := in.Tokens[access.Pair{Target: target, Consumer: consumer}]; !held {
			continue // nothing secret in it
		}
		var config map[string]any
		if err := yaml.Unmarshal([]byte(fmt.Sprint(text)), &config); err != nil {
			t.Fatal(err)
		}
		token := in.Tokens[access.Pair{Target: target, Consumer: consumer}]
		claims, _ := token.Claims()
		shown := map[string]any{"masked": token.Fingerprint(), "subject": claims.Subject, "issuer": claims.Issuer, "expires": "never"}
		if !claims.Expiry.IsZero() {
			shown["expires"] = claims.Expiry.Format("2006-01-02T15:04:05Z")
		}
		config["users"] = []any{map[string]any{"name": id, "user": map[string]any{"token": shown}}}
		data[id] = config
	}
}

// A masked Secret can never replace a real one: no API server takes it.
func TestMaskedSecretsAreRefused(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, consumer := range s.clusters() {
			stream := yamlOf(t, compile(t, s.Input, consumer, render.Options{Secrets: true}).Masked())
			var refused []string
			for _, doc := range documents(stream) {
				if o := objects(t, doc)[0]; o["kind"] == "Secret" {
					refused = append(refused, refusedSecret(t, doc)...)
				}
			}
			want := idsOf(s, wantReads(s, consumer))
			if !slices.Equal(refused, want) {
				t.Errorf("%s: refused are the Secrets of %q, want %q", consumer, refused, want)
			}
		}
	})
}

// refusedSecret names the cluster of a Secret that does not decode because of its stringData.
func refusedSecret(t *testing.T, doc []byte) []string {
	t.Helper()
	var secret corev1.Secret
	err := yaml.UnmarshalStrict(doc, &secret)
	if err == nil {
		return nil
	}
	const want = "cannot unmarshal object into Go struct field Secret.stringData of type string"
	if !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %s", err, want)
	}
	data, _ := objects(t, doc)[0]["stringData"].(map[string]any)
	return slices.Collect(maps.Keys(data))
}

func TestMaskingLeavesTheOverlayAlone(t *testing.T) {
	overlay := compile(t, pair(t), "east", render.Options{Secrets: true})
	before := string(yamlOf(t, overlay))
	overlay.Masked()
	if diff := cmp.Diff(before, string(yamlOf(t, overlay))); diff != "" {
		t.Error(diff)
	}
}

// Nobody has verified a token's claims: what they say must not reach into the terminal that
// shows them.
func TestMaskedClaimsAreSafeToShow(t *testing.T) {
	for name, odd := range map[string]string{
		"escape sequence":    `\u001b[2J`,
		"one-byte escape":    `\u009b2J`,
		"line break":         `a\nb`,
		"next line":          `a\u0085b`,
		"text the wrong way": `\u202egpj.exe`,
		"invisible":          `a\u200bb`,
		"carriage return":    `a\rb`,
	} {
		t.Run(name, func(t *testing.T) {
			overlay := masked(t, jwt(t, `{"sub":"`+odd+`","iss":"`+odd+`"}`))
			for form, text := range map[string][]byte{"YAML": yamlOf(t, overlay), "JSON": jsonOf(t, overlay)} {
				for _, r := range string(text) {
					if r != '\n' && !unicode.IsPrint(r) {
						t.Errorf("%s holds %U", form, r)
					}
				}
			}
		})
	}
}
