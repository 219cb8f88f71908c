package v1alpha1

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckShape(t *testing.T) {
	tests := map[string]struct {
		doc  string
		want []string
	}{
		"right": {doc: `{"metadata": {"name": "shop"}, "spec": {"clusters": [{"name": "east", "gke": {"private": true},
			"gateway": {"annotations": {"a": "b"}}, "api": {"certificateAuthorityData": "UEVN"}}]}}`},
		"null anywhere": {doc: `{"metadata": null, "spec": {"istio": {"managed": null}, "links": [null],
			"clusters": [{"podCIDRs": [null], "gateway": {"annotations": {"a": null}}}]}}`},
		"unknown fields": {doc: `{"spec": {"links": [{"between": []}], "clutsers": 1}, "x": [{}]}`},
		"null":           {doc: `null`},
		"no object":      {doc: `["a"]`, want: []string{`Mesh: Invalid value: must be an object, not a list` + "\n" + `hint: use its fields without a dash, such as "apiVersion: ..."`}},
		"every value": {
			doc: `{"metadata": {"name": 7}, "spec": {"clusters": [{}, {"name": true}, "west", {"istio": {"version": 1.30}}]}}`,
			want: []string{
				"metadata.name: Invalid value: 7: must be a string, not a number\nhint: quote it: \"7\"",
				"spec.clusters[1].name: Invalid value: true: must be a string, not a boolean\n" +
					"hint: quote it: \"true\" (or \"yes\" or \"on\": YAML reads them all as true)",
				"spec.clusters[2]: Invalid value: must be an object, not a string\nhint: use its fields below it, such as \"name: ...\"",
				"spec.clusters[3].istio.version: Invalid value: 1.30: must be a string, not a number\nhint: quote it: \"1.30\"",
			},
		},
		"number that lost a zero": {
			doc: `{"spec": {"istio": {"version": 1.3}}}`,
			want: []string{"spec.istio.version: Invalid value: 1.3: must be a string, not a number\n" +
				"hint: quote it: \"1.3\" (or \"1.30\": YAML reads both as 1.3)"},
		},
		"number with exponent": {
			doc:  `{"spec": {"istio": {"version": 1.5e+30}}}`,
			want: []string{"spec.istio.version: Invalid value: 1.5e+30: must be a string, not a number\nhint: quote it, as you typed it"},
		},
		"long number": {
			doc:  `{"metadata": {"name": 12345678901234567890123456789012345678901}}`,
			want: []string{"metadata.name: Invalid value: must be a string, not a number\nhint: quote it, as you typed it"},
		},
		"string": {
			doc: `{"spec": {"trust": {"domain": ["a"], "ca": {"provider": {"files": null}}}, "istio": {"revision": false}}}`,
			want: []string{
				"spec.istio.revision: Invalid value: false: must be a string, not a boolean\n" +
					"hint: quote it: \"false\" (or \"no\" or \"off\": YAML reads them all as false)",
				"spec.trust.domain: Invalid value: must be a string, not a list\nhint: use one value, without dash and brackets",
				"spec.trust.ca.provider: Invalid value: must be a string, not an object\nhint: use one value after the colon",
			},
		},
		"boolean": {
			doc: `{"spec": {"istio": {"managed": "true"}, "clusters": [{"istio": {"managed": 1}}]}}`,
			want: []string{
				"spec.istio.managed: Invalid value: must be a boolean, not a string\nhint: use true or false, without quotes",
				"spec.clusters[0].istio.managed: Invalid value: 1: must be a boolean, not a number\nhint: use true or false",
			},
		},
		"whole number": {
			doc: `{"spec": {"clusters": [{"gateway": {"xdsPort": 30016}}, {"gateway": {"xdsPort": "30016"}}, {"gateway": {"xdsPort": 1.5}},
				{"gateway": {"xdsPort": 3e4}}, {"gateway": {"xdsPort": 2147483648}}, {"gateway": {"xdsPort": true}}, {"gateway": {"xdsPort": [1]}}, {"gateway": {"xdsPort": -1}}]}}`,
			want: []string{
				"spec.clusters[1].gateway.xdsPort: Invalid value: must be a whole number, not a string\nhint: use digits, without quotes, such as 30016",
				"spec.clusters[2].gateway.xdsPort: Invalid value: 1.5: must be a whole number\nhint: use digits, without quotes, such as 30016",
				"spec.clusters[3].gateway.xdsPort: Invalid value: 3e4: must be a whole number\nhint: use digits, without quotes, such as 30016",
				"spec.clusters[4].gateway.xdsPort: Invalid value: 2147483648: must be a whole number\nhint: use digits, without quotes, such as 30016",
				"spec.clusters[5].gateway.xdsPort: Invalid value: true: must be a whole number, not a boolean\nhint: use digits, without quotes, such as 30016",
				"spec.clusters[6].gateway.xdsPort: Invalid value: must be a whole number, not a list\nhint: use digits, without quotes, such as 30016",
			},
		},
		"list": {
			doc: `{"spec": {"links": {"between": []}, "clusters": [{"podCIDRs": "10.0.0.0/8"}, {"podCIDRs": ["10.0.0.0/8", 10]}]}}`,
			want: []string{
				"spec.links: Invalid value: must be a list, not an object\nhint: begin each entry with a dash: \"- between: ...\"",
				"spec.clusters[0].podCIDRs: Invalid value: must be a list, not a string\nhint: use a list, even for one entry: \"podCIDRs: [...]\"",
				"spec.clusters[1].podCIDRs[1]: Invalid value: 10: must be a string, not a number\nhint: quote it: \"10\"",
			},
		},
		"object": {
			doc: `{"spec": {"clusters": [{"gateway": "10.0.0.1", "gke": [{"project": "acme"}]}]}}`,
			want: []string{
				"spec.clusters[0].gateway: Invalid value: must be an object, not a string\nhint: use its fields below it, such as \"addresses: ...\"",
				"spec.clusters[0].gke: Invalid value: must be an object, not a list\nhint: use its fields without a dash, such as \"project: ...\"",
			},
		},
		"map": {
			doc: `{"spec": {"clusters": [{"gateway": {"annotations": ["a=b"]}}, {"gateway": {"annotations": {"z": 1, "a.b/c": 2}}}]}}`,
			want: []string{
				"spec.clusters[0].gateway.annotations: Invalid value: must be a map, not a list\nhint: use one line for each entry below it: \"key: value\"",
				"spec.clusters[1].gateway.annotations[a.b/c]: Invalid value: 2: must be a string, not a number\nhint: quote it: \"2\"",
				"spec.clusters[1].gateway.annotations[z]: Invalid value: 1: must be a string, not a number\nhint: quote it: \"1\"",
			},
		},
		"base64": {
			doc: `{"spec": {"clusters": [{"api": {"certificateAuthorityData": "-----BEGIN"}}, {"api": {"certificateAuthorityData": 5}}]}}`,
			want: []string{
				"spec.clusters[0].api.certificateAuthorityData: Invalid value: must be base64 text\nhint: encode the file as base64, in quotes and on one line",
				"spec.clusters[1].api.certificateAuthorityData: Invalid value: 5: must be base64 text, not a number\nhint: encode the file as base64, in quotes and on one line",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := textsOf(CheckShape(KindMesh, parseNumbers(t, test.doc)))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// textsOf are problems as a person reads them.
func textsOf(problems []Problem) []string {
	var texts []string
	for _, problem := range problems {
		texts = append(texts, problem.Error.Error()+"\nhint: "+problem.Remedy)
	}
	return texts
}

// parseNumbers keeps numbers as they are written.
func parseNumbers(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var doc any
	if err := decoder.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestCheckShapeFloat(t *testing.T) {
	errs := CheckShape(KindClusterFacts, map[string]any{"spec": map[string]any{"trustDomain": 12.0, "network": 1.5}})
	want := []string{
		"spec.network: Invalid value: 1.5: must be a string, not a number\nhint: quote it: \"1.5\" (or \"1.50\": YAML reads both as 1.5)",
		"spec.trustDomain: Invalid value: 12: must be a string, not a number\nhint: quote it: \"12\"",
	}
	if diff := cmp.Diff(want, textsOf(errs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheckShapeUnknownKind(t *testing.T) {
	errs := CheckShape("Pod", map[string]any{})
	const want = `kind: Internal error: find kind "Pod": no such kind`
	if len(errs) != 1 || errs[0].Error.Error() != want || errs[0].Remedy != "" {
		t.Errorf("got %v, want %s", errs, want)
	}
}

// TestCheckShapeAgreesWithDecoder puts values of every type in the place of every field:
// CheckShape must complain where the decoder stops, and nowhere else.
func TestCheckShapeAgreesWithDecoder(t *testing.T) {
	for _, kind := range kinds() {
		root, err := fieldTree(kind)
		if err != nil {
			t.Fatal(err)
		}
		eachField(root, nil, func(place []Field) {
			for _, value := range []any{nil, "x", "eHg=", 1.0, 1.5, 4e9, true, []any{"x"}, []any{}, map[string]any{}, map[string]any{"x": "x"}} {
				checkAgreement(t, root, documentAround(place, value))
			}
		})
	}
}

func eachField(parent Field, place []Field, visit func(place []Field)) {
	for _, field := range parent.Fields {
		below := append(place[:len(place):len(place)], field)
		visit(below)
		eachField(field, below, visit)
	}
}

// documentAround has value where the last field of place stands.
func documentAround(place []Field, value any) any {
	for i := len(place) - 1; i >= 0; i-- {
		if i < len(place)-1 && strings.HasPrefix(place[i].Type, typeList) {
			value = []any{value}
		}
		value = map[string]any{place[i].Name: value}
	}
	return value
}

func checkAgreement(t *testing.T, root Field, doc any) {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var into any = new(Mesh)
	if root.Name == KindClusterFacts {
		into = new(ClusterFacts)
	}
	stop := json.Unmarshal(text, into)
	errs := checkShape(nil, root, doc)
	// The one difference: the decoder takes a list of numbers, an empty one too, for bytes.
	if (stop != nil) != (len(errs) > 0) && !strings.Contains(fmt.Sprint(errs), "must be base64 text, not a list") {
		t.Errorf("%s %s: the decoder says %v, CheckShape %v", root.Name, text, stop, errs)
	}
}
