package istio

import (
	"context"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// TestTopologies applies each topology to clusters with real istiods, which have to know all clusters and tell their
// proxies how to get there, with no more than the permissions of the readers. Then it changes what runs.
func TestTopologies(t *testing.T) {
	t.Parallel()
	eachLine(t, func(t *testing.T, line istiod.Line) {
		for _, top := range topologies() {
			t.Run(top.name, func(t *testing.T) {
				if top.rare && testing.Short() {
					t.Skip("make istio-full runs it")
				}
				if top.mounts && !istiod.MayMount() {
					t.Skip("needs root: its istiods have mounts of their own")
				}
				t.Parallel()
				m := newMesh(t, line, top)
				m.wantRight(t)
				for _, change := range top.changes {
					if change.faulty && !faulty(line) {
						continue
					}
					t.Run(change.name, func(t *testing.T) { change.test(m, t) })
				}
			})
		}
	})
}

// wantRight judges a mesh that has just been installed.
func (m *mesh) wantRight(t *testing.T) {
	t.Helper()
	m.wantSynced(t, m.members...)
	m.wantSeen(t, m.members...)
	m.wantShards(t, m.members...)
	m.wantTrust(t, m.members...)
	m.wantNothingDenied(t)
	m.wantUnchanged(t)
	m.wantChecked(t)
}

// wantChecked: check finds nothing wrong with what runs. What mesh.yaml leaves open it may say (CHECK001): a mesh here pins
// no roots, and a line with known faults is warned of.
func (m *mesh) wantChecked(t *testing.T) {
	t.Helper()
	got := m.run(t, "check")
	if got.code != 0 || !strings.Contains(got.stdout, ", 0 failed, ") || !strings.Contains(got.stdout, ", 0 unknown\n") {
		t.Errorf("check exits with %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
	for line := range strings.Lines(got.stdout) {
		if strings.Contains(line, "[CHECK") && !strings.Contains(line, "[CHECK001]") {
			t.Errorf("check says: %s", line)
		}
	}
}

// wantTrust has the workload of every cluster get a certificate from the istiod that serves it, with a token of its own
// cluster, and all others believe it.
func (m *mesh) wantTrust(t *testing.T, members ...member) {
	t.Helper()
	roots := m.rootsOf(t)
	identities := map[string]istiod.Identity{}
	for _, member := range members {
		eventually(t, "the workload of "+member.name+" has a certificate", func(ctx context.Context) error {
			if err := m.published(ctx, t, member.name, roots); err != nil {
				return err
			}
			var err error
			identities[member.name], err = m.serving(member).Identify(ctx, member.clusterID(), m.token(ctx, t, member.name), roots)
			return err
		})
	}
	for from, shown := range identities {
		for to, looking := range identities {
			if err := verify(shown, looking.Roots); err != nil {
				t.Errorf("%s does not believe the workload of %s: %v", to, from, err)
			}
		}
	}
}

// wantUnchanged applies once more: nothing that istiod or Helm has done may look like a change of ours.
func (m *mesh) wantUnchanged(t *testing.T) {
	t.Helper()
	got := m.apply(t)
	for _, member := range m.members {
		got.wantSaid(t, member.name+": 0 created, 0 changed")
	}
}
