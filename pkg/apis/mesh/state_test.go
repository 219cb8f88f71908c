package mesh_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const stateHead = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: State\n"

// What pins a cluster, and says which credentials count, has one meaning.
func TestParseStateRefuses(t *testing.T) {
	const notText = "is a key that is not text to every YAML reader: quote it"
	for text, want := range map[string]string{
		"":                                 "the document is empty",
		"kind: State\n":                    "not a State of kubectl-mesh.dev/v1alpha1",
		stateHead + "status: {}\n":         "status: unknown field",
		stateHead + "Spec: {}\n":           "Spec: unknown field",
		stateHead + "spec: {}\nSpec: {}\n": "Spec: differs from spec in letter case only",
		stateHead + "---\n" + stateHead:    "the document has a second YAML document",
		stateHead + "spec: {clusters: {east: {uid: a, uid: b}}}\n":                 "spec.clusters.east.uid: duplicate field",
		stateHead + "spec: {clusters: {east: {UID: a}}}\n":                         "spec.clusters.east.UID: unknown field",
		stateHead + "spec: {clusters: {1: {uid: a}, \"1\": {uid: b}}}\n":           "spec.clusters.1: " + notText,
		stateHead + "spec: {clusters: {east: {readerGenerations: {on: [1]}}}}\n":   "spec.clusters.east.readerGenerations.on: " + notText,
		stateHead + "spec: {clusters: {east: &a {uid: a}, west: *a}}\n":            "spec.clusters.east: has an anchor: remove it; spec.clusters.west: is an alias: replace it with its value",
		stateHead + "spec: {clusters: {east: {uid: \"a\\u202eb\"}}}\n":             "spec.clusters.east.uid: contains the character U+202E",
		stateHead + "spec: {clusters: {east: {readerGenerations: {West: [1]}}}}\n": `spec.clusters.east.readerGenerations.West: "West" is not a cluster name`,
		stateHead + "spec: {clusters: {east: {readerGenerations: {west: [0]}}}}\n": "spec.clusters.east.readerGenerations.west: 0 is not a generation, 1 to 9999",
		stateHead + "spec: {clusters: {east: {revokedReaders: {west: 10000}}}}\n":  "spec.clusters.east.revokedReaders.west: 10000 is not a generation, 1 to 9999",
		stateHead + "spec: {clusters: {../x: {uid: a}}}\n":                         `spec.clusters[../x]: "../x" is not a cluster name`,
		stateHead + "spec: {clusters: {east: {uid: a b}}}\n":                       `spec.clusters.east.uid: "a b" is not a UID`,
		stateHead + "spec: {clusters: {east: {uid: 010}}}\n":                       "spec.clusters.east.uid: is not text to every YAML reader: quote it",
	} {
		if _, err := mesh.ParseState([]byte(text)); fmt.Sprint(err) != want {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

// What is written is read, however the clusters are called and however many there are.
func TestStateRoundTrip(t *testing.T) {
	var state mesh.State
	for _, name := range []string{"east", "1", "on", "1e3", "null", "0x1f"} {
		state = state.With(name, mesh.ClusterState{UID: "0123", ReaderGenerations: map[string][]int32{"y": {1, 2}, "010": {3}}, RevokedReaders: map[string]int32{"no": 1}})
	}
	for i := range 100 {
		record := mesh.ClusterState{ReaderGenerations: map[string][]int32{}}
		for j := range 300 {
			record.ReaderGenerations[fmt.Sprintf("cluster-%d", j)] = []int32{1, 2}
		}
		state = state.With(fmt.Sprintf("cluster-%d", i), record)
	}
	text, err := state.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := mesh.ParseState(text)
	if diff := cmp.Diff(state.Spec, again.Spec, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("%v (-written +read):\n%.500s", err, diff)
	}
}

// FuzzParseState: what is taken is written as something that is taken as the same.
func FuzzParseState(f *testing.F) {
	f.Add([]byte(stateHead + "spec: {clusters: {east: {uid: a, readerGenerations: {west: [1, 2]}, revokedReaders: {\"on\": 1}}}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		state, err := mesh.ParseState(text)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		encoded, err := state.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := mesh.ParseState(encoded)
		if diff := cmp.Diff(state, again, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%v (-first +again):\n%s", err, diff)
		}
	})
}
