package v1alpha1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestValidateLinks(t *testing.T) {
	links := func(links ...v1alpha1.Link) edit { return func(m *v1alpha1.Mesh) { m.Spec.Links = links } }
	between := func(names ...string) v1alpha1.Link { return v1alpha1.Link{Between: names} }
	oneWay := func(from, to string) v1alpha1.Link {
		return v1alpha1.Link{From: strings.Fields(from), To: strings.Fields(to)}
	}
	const notFound = ": no cluster has this name\nhint: "
	checkAll(t, map[string]wrong{
		"valid":      {edit: links(between("east", "west"), oneWay("east", "west"), oneWay("west", "east"))},
		"no link":    {edit: links()},
		"all":        {edit: links(between("*"))},
		"all by one": {edit: links(oneWay("*", "west"), oneWay("east", "*"), oneWay("*", "*"), between("*", "east"))},
		"unknown ends": {links(between("east", "wst"), oneWay("north", "East")), []string{
			`spec.links[0].between[1]: Not found: "wst"` + notFound + `did you mean "west"?`,
			`spec.links[1].from[0]: Not found: "north"` + notFound + "use the name of a cluster in spec.clusters",
			`spec.links[1].to[0]: Not found: "East"` + notFound + `did you mean "east"?`,
		}},
		"empty name": {links(between("east", "")), []string{`spec.links[0].between[1]: Not found: ""` + notFound + "use the name of a cluster in spec.clusters"}},
		"self": {links(between("east", "west", "east")), []string{
			`spec.links[0].between[2]: Duplicate value: "east": a cluster has no link to itself` + "\nhint: list each cluster once",
		}},
		"self, one way": {links(v1alpha1.Link{From: []string{"east"}, To: []string{"west", "east"}}), []string{
			`spec.links[0].to[1]: Invalid value: "east": must not also be a caller: no cluster links to itself` +
				"\nhint: list the cluster on one side only, or use between",
		}},
		"all twice": {links(between("*", "*")), []string{
			`spec.links[0].between[1]: Duplicate value: "*": a cluster has no link to itself` + "\nhint: list each cluster once",
		}},
		"one name": {links(between("east")), []string{
			`spec.links[0].between: Invalid value: "east": must list at least two clusters` + "\nhint: add the other end, or \"*\" for all",
		}},
		"both forms": {links(v1alpha1.Link{Between: []string{"east", "west"}, To: []string{"east"}}), []string{
			"spec.links[0]: Forbidden: between means both directions, from and to one direction\nhint: split it into two links",
		}},
		"neither form": {links(between("east", "west"), v1alpha1.Link{}), []string{
			"spec.links[1]: Required value: set it\nhint: use between: [east, west], or from: [east] and to: [west]",
		}},
		"no from": {links(oneWay("", "west")), []string{
			"spec.links[0].from: Required value: set it\nhint: list the callers, or \"*\" for all",
		}},
		"no to": {links(oneWay("east", "")), []string{
			"spec.links[0].to: Required value: set it\nhint: list the called clusters, or \"*\" for all",
		}},
	})
}

// TestValidateSuggestsValidNames: a name that is wrong itself is no suggestion; it may be a
// secret in the wrong place.
func TestValidateSuggestsValidNames(t *testing.T) {
	mesh := pair(west(func(c *v1alpha1.Cluster) { c.Name = "West" }), func(m *v1alpha1.Mesh) {
		m.Spec.Links = []v1alpha1.Link{{Between: []string{"east", "west"}}}
	})
	const want = `spec.links[0].between[1]: Not found: "west": no cluster has this name` + "\nhint: use the name of a cluster in spec.clusters"
	errs := v1alpha1.Validate(mesh)
	if got := printed(errs[len(errs)-1]); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestValidateBoundsSuggestions: each suggestion looks at every cluster.
func TestValidateBoundsSuggestions(t *testing.T) {
	names := make([]string, 200)
	for i := range names {
		names[i] = fmt.Sprintf("east-%03d", i)
	}
	mesh := pair(east(func(c *v1alpha1.Cluster) { c.Name = "east-0xx" }), func(m *v1alpha1.Mesh) {
		m.Spec.Links = []v1alpha1.Link{{Between: names}}
	})
	suggested := 0
	for _, err := range v1alpha1.Validate(mesh) {
		if err.Remedy == `did you mean "east-0xx"?` {
			suggested++
		}
	}
	if suggested != 100 {
		t.Errorf("got %d suggestions, want 100", suggested)
	}
}
