package istio

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// TestTopologies applies each topology to clusters with real istiods, which have to know all clusters and tell their
// proxies how to get there, with no more than the permissions of the readers.
func TestTopologies(t *testing.T) {
	t.Parallel()
	eachLine(t, func(t *testing.T, line istiod.Line) {
		for _, top := range topologies() {
			t.Run(top.name, func(t *testing.T) {
				m := newMesh(t, line, top)
				m.wantSynced(t, top.members...)
				m.wantSeen(t, top.members...)
				m.wantShards(t, top.members...)
				m.wantNothingDenied(t)
				m.wantUnchanged(t)
			})
		}
	})
}

// wantUnchanged applies once more: nothing that istiod or Helm has done may look like a change of ours.
func (m *mesh) wantUnchanged(t *testing.T) {
	t.Helper()
	got := m.apply(t)
	for _, member := range m.members {
		got.wantSaid(t, member.name+": 0 created, 0 changed")
	}
}
