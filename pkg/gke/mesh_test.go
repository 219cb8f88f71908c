package gke_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// The revision of a managed control plane is that of the cluster's own membership: another fleet may have one of the
// same name.
func TestRevision(t *testing.T) {
	const east = "projects/42/locations/us-east1/memberships/east"
	ready := func(text string) string {
		return `{"servicemesh": {"controlPlaneManagement": {"state": "ACTIVE", "implementation": "TRAFFIC_DIRECTOR",
			"details": [{"code": "REVISION_READY", "details": "` + text + `"}]}}}`
	}
	for name, test := range map[string]struct {
		membership, path, state string
		want, note              string
	}{
		"by the number of the fleet": {membership: east, path: east, state: ready("Ready: asm-managed"), want: "asm-managed"},
		"by the ID of the fleet": {membership: "projects/acme-fleet/locations/us-east1/memberships/east", path: east,
			state: ready("Ready: asm-managed-rapid"), want: "asm-managed-rapid"},
		"another fleet": {membership: "projects/43/locations/us-east1/memberships/east", path: east, state: ready("Ready: asm-managed")},
		"another fleet, by ID": {membership: "projects/a/locations/us-east1/memberships/east",
			path: "projects/b/locations/us-east1/memberships/east", state: ready("Ready: asm-managed")},
		"another location":        {membership: "projects/42/locations/us-west1/memberships/east", path: east, state: ready("Ready: asm-managed")},
		"no membership":           {path: east, state: ready("Ready: asm-managed")},
		"neither is a membership": {membership: "east", path: "east", state: ready("Ready: asm-managed")},
		"a control plane in it":   {membership: east, path: east, state: `{"servicemesh": {"controlPlaneManagement": {"state": "DISABLED"}}}`},
		"a word that looks alike": {membership: east, path: east, state: ready("Ready: asm-managed-rapidly"),
			note: "the managed control plane has no revision that is ready"},
		"two revisions, each once": {membership: east, path: east, state: ready("Ready: asm-managed-stable, asm-managed, asm-managed."),
			note: "the managed control plane has the revisions asm-managed, asm-managed-stable: " +
				"set this mesh's revision in mesh.yaml, for example istio: {revision: asm-managed}"},
	} {
		t.Run(name, func(t *testing.T) {
			dump, err := gke.Parse([]byte(`{"name": "a", "masterAuth": {}, "fleet": {"membership": "//gkehub.googleapis.com/` + test.membership + `"}}
				{"membershipStates": {"` + test.path + `": ` + test.state + `}}`))
			if err != nil {
				t.Fatal(err)
			}
			dump.Resolve()
			facts := gke.FactsOf(dump.Clusters[0], nil)
			var notes []string
			for _, note := range facts.Notes {
				if note.What == "istio.revision" {
					notes = append(notes, note.Why)
				}
			}
			if got := strings.Join(notes, "\n"); facts.Spec.Istio.Revision != test.want || got != test.note {
				t.Errorf("got revision %q, note %q; want %q, %q", facts.Spec.Istio.Revision, got, test.want, test.note)
			}
		})
	}
}
