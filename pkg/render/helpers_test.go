package render_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// fakeSignature ends every token that is committed or made here.
const fakeSignature = "TEST-ONLY-no-signature"

func isFake(token string) bool { return strings.HasSuffix(token, "."+fakeSignature) }

// jwt returns a token with these claims that nobody has signed.
func jwt(t testing.TB, claims string) kubeconfig.Token {
	t.Helper()
	part := base64.RawURLEncoding.EncodeToString
	return parseToken(t, part([]byte(`{"alg":"none"}`))+"."+part([]byte(claims))+"."+fakeSignature)
}

func parseToken(t testing.TB, text string) kubeconfig.Token {
	t.Helper()
	token, err := kubeconfig.ParseToken([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// load reads the spec of a mesh called test, and gives it a token for every reading.
func load(t testing.TB, spec string) render.Input {
	t.Helper()
	head := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: test}\nspec:\n"
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(head + spec)})
	if doc.Mesh == nil {
		t.Fatal(problems)
	}
	in := render.Input{
		Mesh:        doc.Mesh,
		Graph:       topology.New(doc.Mesh),
		Credentials: map[access.Pair]kubeconfig.Credential{},
	}
	for _, pair := range pairs(in) {
		in.Credentials[pair] = kubeconfig.Credential{
			Token: jwt(t, `{"sub":"`+pair.Consumer+" reads "+pair.Target+`"}`),
		}
	}
	return in
}

// pair is the smallest mesh that has everything.
func pair(t testing.TB) render.Input {
	t.Helper()
	return load(t, `
  clusters:
  - {name: east, api: {server: "https://203.0.113.10"}}
  - {name: west, api: {server: "https://203.0.113.20"}}
`)
}

// documents takes a stream apart.
func documents(stream []byte) [][]byte {
	docs := bytes.SplitAfter(stream, []byte("\n---\n"))
	for i := range docs {
		docs[i] = bytes.TrimSuffix(docs[i], []byte("---\n"))
	}
	return docs
}

// object is a document as a reader without types has it.
type object map[string]any

// objects parses every document of a stream or of a file.
func objects(t testing.TB, stream []byte) []object {
	t.Helper()
	var all []object
	for _, doc := range documents(stream) {
		var o object
		if err := yaml.UnmarshalStrict(doc, &o); err != nil {
			t.Fatalf("%v in:\n%s", err, doc)
		}
		all = append(all, o)
	}
	return all
}

// at follows keys into an object; nil if there is nothing.
func (o object) at(keys ...string) any {
	var value any = map[string]any(o)
	for _, key := range keys {
		fields, _ := value.(map[string]any)
		value = fields[key]
	}
	return value
}
