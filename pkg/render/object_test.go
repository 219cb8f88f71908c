package render_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Every object says whose it is, however it is printed.
func TestEveryObjectCarriesOurLabels(t *testing.T) {
	eachOutput(t, func(t *testing.T, s scenario, name string, text []byte) {
		for _, o := range objects(t, text) {
			if o["kind"] == "Kustomization" {
				continue
			}
			if by := o.at("metadata", "labels", "app.kubernetes.io/managed-by"); by != "kubectl-mesh" {
				t.Errorf("%s: %s is managed by %v", name, o.at("metadata", "name"), by)
			}
			if id := o.at("metadata", "labels", "kubectl-mesh.dev/mesh"); id != s.Mesh.Metadata.Name {
				t.Errorf("%s: %s is of mesh %v", name, o.at("metadata", "name"), id)
			}
		}
	})
}

// What nobody has said is not said: no nulls, no empty spec, no status, no time of creation. In the overlay of a
// gateway's Service a null is meant: it is how a strategic merge patch removes Istio's label
// (istio.io/docs/tasks/traffic-management/ingress/gateway-api, "Automated Deployment").
func TestOutputHasOnlyWhatMeshDeclares(t *testing.T) {
	eachOutput(t, func(t *testing.T, _ scenario, name string, text []byte) {
		for _, o := range objects(t, text) {
			for _, noise := range noiseOf(o) {
				if o["kind"] == "ConfigMap" && noise == ".data.service|.metadata.labels."+labelNetwork+" is null" {
					continue
				}
				t.Errorf("%s: %s %s: %s", name, o["kind"], o.at("metadata", "name"), noise)
			}
		}
	})
}

const labelNetwork = "topology.istio.io/network"

func noiseOf(o object) []string {
	var noise []string
	for _, key := range []string{"status", "items"} {
		if _, ok := o[key]; ok {
			noise = append(noise, key)
		}
	}
	if spec, ok := o["spec"].(map[string]any); ok && len(spec) == 0 {
		noise = append(noise, "spec: {}")
	}
	return append(noise, noiseIn("", map[string]any(o))...)
}

// noiseIn looks at every value, those of the kubeconfigs inside included.
func noiseIn(path string, value any) []string {
	var noise []string
	switch value := value.(type) {
	case nil:
		noise = append(noise, path+" is null")
	case map[string]any:
		for key, inner := range value {
			if key == "creationTimestamp" || key == "preferences" {
				noise = append(noise, path+"."+key)
			}
			noise = append(noise, noiseIn(path+"."+key, inner)...)
		}
	case []any:
		for _, inner := range value {
			noise = append(noise, noiseIn(path+"[]", inner)...)
		}
	case string:
		var config map[string]any
		if strings.Contains(value, "\n") && yaml.Unmarshal([]byte(value), &config) == nil {
			noise = append(noise, noiseIn(path+"|", config)...)
		}
	}
	return noise
}

func TestNoiseIsFound(t *testing.T) {
	o := objects(t, []byte("kind: K\nspec: {}\nstatus: {}\nmetadata: {creationTimestamp: null}\nstringData:\n  a: |\n    preferences: {}\n    b: null\n"))[0]
	want := []string{".metadata.creationTimestamp", ".metadata.creationTimestamp is null",
		".stringData.a|.b is null", ".stringData.a|.preferences", "spec: {}", "status"}
	got := noiseOf(o)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Nothing that is reviewed, shown or printed without secrets holds any part of a token.
func TestOnlyWhatIsSecretHoldsTokens(t *testing.T) {
	eachOutput(t, func(t *testing.T, s scenario, name string, text []byte) {
		secret := strings.HasPrefix(name, "credentials/") || strings.Contains(name, ".include.")
		for pair, credential := range s.Credentials {
			if holds(text, credential.Token.Reveal()) && !secret {
				t.Errorf("%s holds the token of %v", name, pair)
			}
		}
	})
}

// holds reports whether a text has a token in it, or a part of one, or either in base64.
func holds(text []byte, token string) bool {
	parts := append(strings.Split(token, ".")[1:], token)
	return slices.ContainsFunc(parts, func(part string) bool {
		encoded := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(part)), "=")
		return bytes.Contains(text, []byte(part)) || bytes.Contains(text, []byte(encoded[:len(encoded)-1]))
	})
}

// The test above looks in the right place: where secrets are asked for, every token is there.
func TestTokensAreWhereTheyBelong(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		all, printed := trees(t, s.Input), streams(t, s.Input)
		for pair, credential := range s.Credentials {
			file := "credentials/overlays/" + pair.Consumer + "/remote-secret-" + pair.Target + ".yaml"
			if !holds(all[file], credential.Token.Reveal()) {
				t.Errorf("%s lacks the token of %v", file, pair)
			}
			if stream := pair.Consumer + ".include.yaml"; !holds(printed[stream], credential.Token.Reveal()) {
				t.Errorf("%s lacks the token of %v", stream, pair)
			}
		}
	})
}

// JSON says what the YAML says, in the same order, with sorted keys.
func TestJSONSaysTheSame(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, cluster := range s.clusters() {
			whole := compile(t, s.Input, cluster, render.Options{Secrets: true})
			for _, overlay := range []render.Overlay{whole, compile(t, s.Input, cluster, render.Options{Redacted: true})} {
				want := map[string]any{"apiVersion": "v1", "kind": "List", "items": objects(t, yamlOf(t, overlay))}
				var text bytes.Buffer
				encoder := json.NewEncoder(&text)
				encoder.SetEscapeHTML(false)
				encoder.SetIndent("", "    ")
				if err := encoder.Encode(want); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(text.String(), string(jsonOf(t, overlay))); diff != "" {
					t.Errorf("%s (-want +got):\n%s", cluster, diff)
				}
			}
		}
	})
}

// eachOutput looks at every file and every stream of every scenario.
func eachOutput(t *testing.T, test func(t *testing.T, s scenario, name string, text []byte)) {
	t.Helper()
	eachScenario(t, func(t *testing.T, s scenario) {
		for name, text := range manifests(t, s.Input) {
			test(t, s, name, text)
		}
		for name, text := range streams(t, s.Input) {
			test(t, s, name, text)
		}
	})
}

// manifests are the files of both trees that kustomize reads: no values of charts, nothing for API
// servers, no commands.
func manifests(t testing.TB, in render.Input) map[string][]byte {
	t.Helper()
	files := trees(t, in)
	maps.DeleteFunc(files, func(name string, _ []byte) bool {
		return strings.HasPrefix(name, "deploy/helm/") || strings.HasPrefix(name, "deploy/authentication/") ||
			strings.HasPrefix(name, "deploy/gcloud/") || strings.HasPrefix(name, "deploy/firewall/") || strings.HasSuffix(name, ".md")
	})
	return files
}
