package authority

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// shown returns the clusters for which handshakes prove that their workloads have a phase. A handshake that proves the
// opposite is an error. If handshakes are inconclusive, the clock decides.
func (s rootStep) shown(ctx context.Context, phase trust.Phase, members []*v1alpha1.Cluster) (map[string]bool, error) {
	shown := map[string]bool{}
	if s.Handshakes == nil {
		return shown, nil
	}
	seen, err := s.Handshakes(ctx)
	if err != nil {
		return nil, err
	}
	var behind []error
	for _, member := range members {
		shown[member.Name] = true
		for _, cluster := range s.signedFor(member) {
			if why := s.unreachable(phase, cluster, seen[cluster.Name]); why != "" {
				s.a.Log.Warn("", "%s: %s: the time decides whether its workloads have phase %s", cluster.Name, why, phase)
				shown[member.Name] = false
				continue
			}
			behind = append(behind, s.behind(phase, cluster.Name, seen[cluster.Name]))
		}
	}
	if err := errors.Join(behind...); err != nil {
		show := "kubectl mesh check --handshake" + s.a.Workspace.FilenameFlag()
		return nil, hint.Add(fmt.Errorf("phase %s has not reached all workloads: %w", phase, err),
			"run the same command again later; to see what the gateways present: "+show)
	}
	return shown, nil
}

// unreachable explains why handshakes are inconclusive for a cluster; empty if they are not.
func (s rootStep) unreachable(phase trust.Phase, cluster *v1alpha1.Cluster, made []handshake.Result) string {
	switch {
	case len(made) == 0:
		return "no address of an east-west gateway is known"
	case cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient, slices.ContainsFunc(made, terminates):
		return "the east-west gateway presents its own certificate, not that of a workload"
	case s.sharesNetwork(cluster):
		return "the east-west gateway also leads to other clusters of network " + cluster.Network
	case phase == trust.PhaseTrust && bytes.Equal(s.rotation.Old.RawSubject, s.rotation.New.RawSubject):
		return "both roots have the same subject"
	}
	return ""
}

func terminates(seen handshake.Result) bool { return seen.HBONE }

// sharesNetwork reports whether the cluster's gateway may answer for another cluster's workload.
func (s rootStep) sharesNetwork(cluster *v1alpha1.Cluster) bool {
	for other := range s.a.Workspace.Graph.InNetwork(cluster.Network) {
		if other.Name != cluster.Name {
			return true
		}
	}
	return false
}

// signedFor returns the clusters for whose workloads a member's control plane signs.
func (s rootStep) signedFor(member *v1alpha1.Cluster) []*v1alpha1.Cluster {
	return slices.AppendSeq([]*v1alpha1.Cluster{member}, s.a.Workspace.Graph.Served(member.Name))
}

// behind describes the first handshake without the phase, and how many there are.
func (s rootStep) behind(phase trust.Phase, cluster string, made []handshake.Result) error {
	var first error
	count := 0
	for _, seen := range made {
		if err := shows(seen, phase, s.rotation.New); err != nil {
			count++
			if first == nil {
				first = fmt.Errorf("%s: %w", dialed(seen), err)
			}
		}
	}
	if first == nil {
		return nil
	}
	return fmt.Errorf("%s: %d of %s failed: %w", cluster, count, terminal.Count(len(made), "handshake"), first)
}

// dialed returns the address of a handshake, or the unresolved host name.
func dialed(seen handshake.Result) string {
	if seen.Address.IsValid() {
		return seen.Address.String()
	}
	return seen.Host
}

// shows returns nil if a handshake shows that a workload has a phase of the rotation to a root.
func shows(seen handshake.Result, phase trust.Phase, root *x509.Certificate) error {
	switch {
	case seen.Fault != handshake.FaultNone:
		return fmt.Errorf("%s: %s", seen.Fault, seen.Detail)
	case phase == trust.PhaseTrust && !seen.Trusts(root):
		return fmt.Errorf("the workload does not trust root %q", root.Subject.CommonName)
	case phase == trust.PhaseSign && !seen.DescendsFrom(root):
		return fmt.Errorf("the workload's certificate is not signed under root %q", root.Subject.CommonName)
	}
	return nil
}
