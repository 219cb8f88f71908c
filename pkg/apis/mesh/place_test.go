package mesh_test

import (
	"fmt"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// checkPlaces wants each field to be found at a place, written as file:line.
func checkPlaces(t *testing.T, doc *mesh.Document, want map[string]string) {
	t.Helper()
	for field, place := range want {
		placed := doc.Place([]mesh.Problem{{Field: field}})
		if got := fmt.Sprintf("%s:%d", placed[0].File, placed[0].Line); got != place {
			t.Errorf("%s: got %s, want %s", field, got, place)
		}
	}
}

func TestPlaceBlockStyle(t *testing.T) {
	doc, problems := read(`# The first line is a comment.
---
apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh

metadata:
  name:
    shop
spec:
  links:
  - between:
    - east
    - west
  clusters:
  -
    name: east
    gateway:
      annotations:
        a.example.com/b: c

        d: e
  - name: west
    network: ~
`, nil)
	checkProblems(t, problems)
	checkPlaces(t, doc, map[string]string{
		"apiVersion":               "mesh.yaml:3",
		"metadata.name":            "mesh.yaml:7",
		"spec":                     "mesh.yaml:9",
		"spec.links[0]":            "mesh.yaml:11",
		"spec.links[0].between[1]": "mesh.yaml:13",
		"spec.clusters":            "mesh.yaml:14",
		"spec.clusters[0]":         "mesh.yaml:16",
		"spec.clusters[0].gateway.annotations[a.example.com/b]": "mesh.yaml:19",
		"spec.clusters[0].gateway.annotations.d":                "mesh.yaml:21",
		"spec.clusters[1].network":                              "mesh.yaml:23",

		// What is nowhere has the line of the nearest thing around it.
		"spec.clusters[1].gke.project":   "mesh.yaml:22",
		"spec.clusters[0].gateway.api":   "mesh.yaml:17",
		"spec.clusters[2].name":          "mesh.yaml:14",
		"spec.clusters[-1].name":         "mesh.yaml:14",
		"spec.clusters[+1].name":         "mesh.yaml:22",
		"spec.clusters[one].name":        "mesh.yaml:14",
		"spec.clusters[0.name":           "mesh.yaml:14",
		"spec.clusters.name":             "mesh.yaml:14",
		"spec[0]":                        "mesh.yaml:9",
		"metadata.name.first":            "mesh.yaml:7",
		"trust":                          "mesh.yaml:3",
		"spec..links":                    "mesh.yaml:10",
		"spec.clusters[1].network[0].to": "mesh.yaml:23",
		".":                              "mesh.yaml:3",
	})
}

func TestPlaceFlowStyle(t *testing.T) {
	doc, problems := read(`{apiVersion: kubectl-mesh.dev/v1alpha1, kind: Mesh,
metadata: {"name": shop}, spec: {
  clusters: [
    {name: east}, {name: west,
      gateway: {addresses: [198.51.100.7,
        198.51.100.8]}}]
}}`, nil)
	checkProblems(t, problems)
	checkPlaces(t, doc, map[string]string{
		"kind":                                  "mesh.yaml:1",
		"metadata.name":                         "mesh.yaml:2",
		"spec.clusters":                         "mesh.yaml:3",
		"spec.clusters[1].name":                 "mesh.yaml:4",
		"spec.clusters[1].gateway.addresses[0]": "mesh.yaml:5",
		"spec.clusters[1].gateway.addresses[1]": "mesh.yaml:6",
		"spec.trust":                            "mesh.yaml:2",
	})
}

// TestPlaceAliases: a value is where it is written, not where an alias brings it in.
func TestPlaceAliases(t *testing.T) {
	doc, problems := read(`apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: &name east}
spec:
  clusters:
  - name: *name
    network: &network vpc-a
    gateway: &gateway
      addresses:
      - 198.51.100.7
  - name: west
    network: *network
    gateway: *gateway
  - name: north
    gateway:
      <<: *gateway
      service: NodePort
  - name: south
    gateway:
      <<: [{api: istio}, *gateway]
      namespace: mesh
`, map[string]string{"clusters/east.yaml": facts("east", "  platform: eks\n")})
	checkProblems(t, problems)
	checkPlaces(t, doc, map[string]string{
		"metadata.name":                         "mesh.yaml:3",
		"spec.clusters[0].name":                 "mesh.yaml:6",
		"spec.clusters[0].platform":             "clusters/east.yaml:5",
		"spec.clusters[1].network":              "mesh.yaml:12",
		"spec.clusters[1].gateway":              "mesh.yaml:13",
		"spec.clusters[1].gateway.addresses[0]": "mesh.yaml:10",
		"spec.clusters[2].gateway.addresses":    "mesh.yaml:9",
		"spec.clusters[2].gateway.service":      "mesh.yaml:17",
		"spec.clusters[3].gateway.addresses[0]": "mesh.yaml:10",
		"spec.clusters[3].gateway.api":          "mesh.yaml:20",
		"spec.clusters[3].gateway.namespace":    "mesh.yaml:21",
		"spec.clusters[3].gateway.service":      "mesh.yaml:19",
	})
}

// TestPlaceFacts: mesh.yaml has the last word, so it is looked at first.
func TestPlaceFacts(t *testing.T) {
	doc, problems := read(header+`  - name: east
    api: {server: https://203.0.113.10}
  - name: west
`, map[string]string{"clusters/east.yaml": facts("east", `  platform: eks
  api:
    server: https://203.0.113.11
    tlsServerName: east.example.com
`)})
	checkProblems(t, problems)
	checkPlaces(t, doc, map[string]string{
		"spec.clusters[0]":                   "mesh.yaml:6",
		"spec.clusters[0].name":              "mesh.yaml:6",
		"spec.clusters[0].platform":          "clusters/east.yaml:5",
		"spec.clusters[0].api":               "mesh.yaml:7",
		"spec.clusters[0].api.server":        "mesh.yaml:7",
		"spec.clusters[0].api.tlsServerName": "clusters/east.yaml:8",
		"spec.clusters[0].api.proxyURL":      "mesh.yaml:7",
		"spec.clusters[0].uid":               "mesh.yaml:6",
		"spec.clusters[1].platform":          "mesh.yaml:8",
		"metadata.name":                      "mesh.yaml:3",
	})
}

// TestPlaceKeepsWhatIsKnown: only what is missing is filled in.
func TestPlaceKeepsWhatIsKnown(t *testing.T) {
	doc, problems := read(header+"  - name: east\n", map[string]string{"clusters/east.yaml": facts("east", "  platform: eks\n")})
	checkProblems(t, problems)
	placed := doc.Place([]mesh.Problem{
		{Message: "of the whole"},
		{Line: 9, Field: "spec.clusters[0].name", Message: "with a line"},
		{File: "clusters/east.yaml", Field: "spec.platform", Message: "of the facts"},
		{File: "clusters/east.yaml", Message: "of a whole file"},
		{File: "credentials/east/west/token", Field: "token", Message: "of another file"},
		{Field: "spec.clusters[0].name", Message: "of a field"},
	})
	got := ""
	for _, problem := range placed {
		got += problem.String() + "\n"
	}
	const want = `clusters/east.yaml: of a whole file
clusters/east.yaml:5: spec.platform: of the facts
credentials/east/west/token: token: of another file
mesh.yaml: of the whole
mesh.yaml:6: spec.clusters[0].name: of a field
mesh.yaml:9: spec.clusters[0].name: with a line
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
