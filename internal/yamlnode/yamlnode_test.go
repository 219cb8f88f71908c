package yamlnode_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/yamlnode"
)

// parse returns the root mapping of a text.
func parse(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	return document.Content[0]
}

func encode(t *testing.T, node *yaml.Node) string {
	t.Helper()
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(node); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestScalar: a string stays one for everybody who reads the file, with YAML 1.1 or 1.2.
func TestScalar(t *testing.T) {
	for text, want := range map[string]string{
		"east": "east", "": `""`, "true": `"true"`, "off": `"off"`, "n": `"n"`, "1.30": `"1.30"`, "1e3": `"1e3"`, "null": `"null"`, "~": `"~"`,
		"a: b": `"a: b"`, "- a": `"- a"`, "2026-06-01": `"2026-06-01"`, "https://203.0.113.1:6443": "https://203.0.113.1:6443", "a #b": `"a #b"`,
		"two\nlines": `"two\nlines"`,
	} {
		got := encode(t, yamlnode.Scalar(text))
		if got != want+"\n" {
			t.Errorf("%q: got %s", text, got)
		}
		var read any
		if err := yaml.Unmarshal([]byte(got), &read); err != nil || read != text {
			t.Errorf("%q: read back is %v, %v", text, read, err)
		}
	}
}

func TestMapping(t *testing.T) {
	var root, inner yamlnode.Mapping
	root.Add("name", yamlnode.Scalar("east")).LineComment = "the cluster ID"
	root.AddIf("proxyURL", "")
	root.AddIf("server", "https://a")
	inner.Add("project", yamlnode.Scalar("shop"))
	root.Add("gke", inner.Node()).Style = yaml.FlowStyle
	want := "name: east # the cluster ID\nserver: https://a\ngke: {project: shop}\n"
	if diff := cmp.Diff(want, encode(t, root.Node())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMember: what is written behind a key leaves all else as a person wrote it.
func TestMember(t *testing.T) {
	for name, test := range map[string]struct{ before, want string }{
		"one that is there":       {"# a\nspec: # b\n  x: 1 # c\n", "# a\nspec: # b\n  x: 1 # c\n  new: z\n"},
		"none":                    {"a: 1\n", "a: 1\nspec:\n  new: z\n"},
		"null":                    {"spec: # b\na: 1\n", "spec: # b\n  new: z\na: 1\n"},
		"an empty one":            {"spec: {}\n", "spec:\n  new: z\n"},
		"one in a line":           {"spec: {x: 1}\n", "spec: {x: 1, new: z}\n"},
		"an alias becomes a copy": {"a: &a {x: 1}\nspec: *a\n", "a: &a {x: 1}\nspec: {x: 1, new: z}\n"},
		"a scalar gives way":      {"spec: 1\n", "spec:\n  new: z\n"},
	} {
		root := parse(t, test.before)
		member := yamlnode.Member(root, "spec")
		member.Content = append(member.Content, yamlnode.Scalar("new"), yamlnode.Scalar("z"))
		if diff := cmp.Diff(test.want, encode(t, root)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestKeyIndex(t *testing.T) {
	root := parse(t, "a: spec\nspec: a\n")
	if got := yamlnode.KeyIndex(root, "spec"); got != 2 { // not the value
		t.Errorf("got %d, want 2", got)
	}
	if got := yamlnode.KeyIndex(root, "b"); got != -1 {
		t.Errorf("got %d, want -1", got)
	}
}

func TestValuesAt(t *testing.T) {
	root := parse(t, "name: east\napi: &api {server: https://a, list: [x, y], none: , word: 'null', empty: ''}\nalso: *api\nlist: &l [1]\nsame: *l\n")
	for _, test := range []struct{ path, want []string }{
		{[]string{"name"}, []string{"east"}},
		{[]string{"api", "server"}, []string{"https://a"}},
		{[]string{"api", "list"}, []string{"x", "y"}},
		{[]string{"also", "list"}, []string{"x", "y"}},
		{[]string{"same"}, []string{"1"}},
		{[]string{"api", "word"}, []string{"null"}},
		{[]string{"api", "none"}, nil},
		{[]string{"api", "empty"}, nil},
		{[]string{"api"}, nil},
		{[]string{"api", "nothing"}, nil},
		{[]string{"name", "deeper"}, nil},
	} {
		if diff := cmp.Diff(test.want, yamlnode.ValuesAt(root, test.path)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.path, diff)
		}
	}
}
