package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// redactedUser is what stands where the credential is with which east reads west.
func redactedUser(t *testing.T, in render.Input) any {
	t.Helper()
	for _, o := range objects(t, yamlOf(t, compile(t, in, "east", render.Options{Redacted: true}))) {
		if users, ok := o.at("stringData", "west", "users").([]any); ok && len(users) == 1 {
			user, _ := users[0].(map[string]any)
			return user["user"]
		}
	}
	t.Fatal("no redacted Secret")
	return nil
}

func TestRedactedCredentials(t *testing.T) {
	is := func(text string) map[string]any { return map[string]any{"redacted": text + "\n"} }
	for name, tt := range map[string]struct {
		reader string
		want   map[string]any
	}{
		"token": {"{}", map[string]any{"token": is("token of ServiceAccount mesh-reader-east in cluster west, generation 1")}},
		"token of a shared account": {"{serviceAccount: istio-reader-service-account}",
			map[string]any{"token": is("token of ServiceAccount istio-reader-service-account in cluster west, generation 1")}},
		"client certificate": {"{auth: clientCertificate}", map[string]any{
			"client-certificate-data": is("client certificate of user mesh:east in cluster west, generation 1"),
			"client-key-data":         is("private key of user mesh:east in cluster west, generation 1"),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in := load(t, `
  clusters:
  - {name: east, api: {server: "https://203.0.113.10"}}
  - {name: west, api: {server: "https://203.0.113.20"}, reader: `+tt.reader+`}
`)
			if diff := cmp.Diff(any(tt.want), redactedUser(t, in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// While a rotation is under way, the newest generation is the one that comes.
func TestRedactedGeneration(t *testing.T) {
	in := pair(t)
	west, _ := in.Graph.Cluster("west")
	west.ReaderGenerations = map[string][]int32{"east": {3, 4}}
	want := any(map[string]any{"token": map[string]any{"redacted": "token of ServiceAccount mesh-reader-east in cluster west, generation 4\n"}})
	if diff := cmp.Diff(want, redactedUser(t, in)); diff != "" {
		t.Error(diff)
	}
}

// No credential is available: what is redacted is the same text.
func TestRedactedNeedsNoCredential(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		bare := s.Input
		bare.Credentials = nil
		for _, cluster := range s.clusters() {
			options := render.Options{Redacted: true}
			want, got := yamlOf(t, compile(t, s.Input, cluster, options)), yamlOf(t, compile(t, bare, cluster, options))
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s: %s", cluster, diff)
			}
		}
	})
}

// But for the credential a redacted Secret is the real one, with its kubeconfig readable.
func TestRedactedLacksTheCredentialAlone(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, consumer := range s.clusters() {
			want := objects(t, yamlOf(t, compile(t, s.Input, consumer, render.Options{Secrets: true})))
			for _, o := range want {
				redactRemoteSecret(t, s.Input, consumer, o)
			}
			if diff := cmp.Diff(want, objects(t, yamlOf(t, compile(t, s.Input, consumer, render.Options{Redacted: true})))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", consumer, diff)
			}
		}
	})
}

// redactRemoteSecret does to a remote secret what redaction is to do; it leaves other objects alone.
func redactRemoteSecret(t *testing.T, in render.Input, consumer string, o object) {
	t.Helper()
	data, _ := o["stringData"].(map[string]any)
	for id, text := range data {
		target, known := in.Graph.ClusterByID(id)
		if !known || target.Reader.Auth != v1alpha1.ReaderAuthToken {
			continue // nothing secret in it
		}
		var config map[string]any
		if err := yaml.Unmarshal([]byte(fmt.Sprint(text)), &config); err != nil {
			t.Fatal(err)
		}
		is := fmt.Sprintf("token of ServiceAccount %s in cluster %s, generation %d\n", access.Account(target, consumer),
			target.Name, access.Generation(target, consumer))
		config["users"] = []any{map[string]any{"name": id, "user": map[string]any{"token": map[string]any{"redacted": is}}}}
		data[id] = config
	}
}

// The file of the reviewed tree and the stream of --secrets=mask have the same objects, byte for byte; together
// with the overlay they are all that a cluster gets.
func TestRedactedFile(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		files := trees(t, s.Input)
		for _, cluster := range s.clusters() {
			var want []string
			in := s.Input
			in.Sealed = nil // the stream has no sealed objects beside the redacted ones
			overlay := documents(yamlOf(t, compile(t, in, cluster, render.Options{})))
			for _, doc := range documents(yamlOf(t, compile(t, in, cluster, render.Options{Redacted: true}))) {
				if !slices.ContainsFunc(overlay, func(other []byte) bool { return string(other) == string(doc) }) {
					want = append(want, string(doc))
				}
			}
			var got []string
			for _, doc := range documents(files["deploy/redacted/"+cluster+".yaml"]) {
				if text := withoutComments(string(doc)); text != "" {
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", cluster, diff)
			}
		}
	})
}

func withoutComments(doc string) string {
	var text strings.Builder
	for line := range strings.Lines(doc) {
		if !strings.HasPrefix(line, "#") {
			text.WriteString(line)
		}
	}
	return text.String()
}

// A redacted Secret can never replace a real one: it does not decode.
func TestRedactedSecretsAreRefused(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for name, text := range trees(t, s.Input) {
			if !strings.HasPrefix(name, "deploy/redacted/") {
				continue
			}
			for _, doc := range documents(text) {
				err := yaml.UnmarshalStrict(doc, &corev1.Secret{})
				const want = "cannot unmarshal object into Go struct field Secret.stringData of type string"
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: got error %v, want %s", name, err, want)
				}
			}
		}
	})
}

// A kubeconfig that is made of a redacted one has no token that could be sent.
func TestRedactedIsNoToken(t *testing.T) {
	user := fmt.Sprint(redactedUser(t, pair(t)))
	if _, err := kubeconfig.ParseToken([]byte(user)); err == nil {
		t.Errorf("%s is a token", user)
	}
}
