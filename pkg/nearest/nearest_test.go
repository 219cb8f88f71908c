package nearest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

func TestName(t *testing.T) {
	regions := []string{"us-east1", "us-west1", "europe-west1"}
	tests := []struct {
		name string
		want string
		have []string
		near string // "": none
	}{
		{"itself", "east", []string{"East", "east"}, "east"},
		{"letter case beats an edit", "East", []string{"Eas", "east"}, "east"},
		{"letter case and an edit", "PRDO", []string{"prod"}, "prod"},
		{"insertion", "est", []string{"east", "west-2"}, "east"},
		{"deletion", "eastt", []string{"east"}, "east"},
		{"substitution", "eost", []string{"east"}, "east"},
		{"swapped neighbours count once", "esat", []string{"east"}, "east"},
		{"two edits in a longer name", "us-eats", regions, "us-east1"},
		{"ties go to the first in order", "prod-c", []string{"prod-b", "prod-a"}, "prod-a"},
		{"another word", "west", []string{"east"}, ""},
		{"one letter says nothing", "a", []string{"b"}, ""},
		{"two letters say nothing", "ab", []string{"ac"}, ""},
		{"too many edits however long", strings.Repeat("a", 60) + "12345", []string{strings.Repeat("a", 60)}, ""},
		{"letters beyond ASCII count as one", "zürich", []string{"zurich"}, "zurich"},
		{"nothing wanted", "", []string{"a", ""}, ""},
		{"nothing to choose from", "east", nil, ""},
		{"an empty name is no suggestion", "abc", []string{""}, ""},
		{"too long to be a typing error", strings.Repeat("a", 300), []string{strings.Repeat("a", 300)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			near, ok := nearest.Name(tt.want, tt.have)
			if near != tt.near || ok != (tt.near != "") {
				t.Errorf("Name(%q) = %q, %t; want %q", tt.want, near, ok, tt.near)
			}
			backwards := slices.Clone(tt.have)
			slices.Reverse(backwards)
			if again, _ := nearest.Name(tt.want, backwards); again != near {
				t.Errorf("Name(%q) = %q with the names in reverse; want %q", tt.want, again, near)
			}
		})
	}
}

func BenchmarkName(b *testing.B) {
	have := make([]string, 1000)
	for i := range have {
		have[i] = "gke_project-" + strings.Repeat("x", i%7) + "_us-east1_cluster"
	}
	for b.Loop() {
		nearest.Name("gke_project-x_us-west1_clutser", have)
	}
}
