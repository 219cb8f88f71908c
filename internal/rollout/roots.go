package rollout

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// replacedRootsRule is the rule that reports the same for collected facts; its waivers apply here too.
const replacedRootsRule = "MESH080"

// checkRoots refuses to replace a cluster's root in one step, before the first write to any cluster: if the new bundle
// contains none of the roots that its workloads trust, mutual TLS fails until every workload has a new certificate.
func (r *run) checkRoots(ctx context.Context) error {
	r.runStage(ctx, "", r.compareRoots)
	var errs []error
	for _, m := range r.members {
		if len(m.lostRoots) == 0 {
			continue
		}
		errs = append(errs, hint.New("restore its current root in trust/ and rotate it: kubectl mesh ca rotate --root; "+
			"or trust it in addition to the new one: kubectl mesh ca trust; if no workload is in the mesh yet, waive "+
			replacedRootsRule+" for "+m.Name,
			m.Name+": its workloads trust no root of the certificates to apply: SHA-256 "+strings.Join(m.lostRoots, ", ")))
	}
	return errors.Join(errs...)
}

// compareRoots finds the roots of which a cluster would lose all. Without istiod it trusts none yet.
func (r *run) compareRoots(ctx context.Context, m *member) error {
	bundle, has := r.Workspace.Bundles[m.Name]
	if !has || !m.changesCertificates() || r.allowsReplacedRoots(m.Name) {
		return nil
	}
	live, err := m.live.Client.Certificates(ctx, m.Istio.Namespace)
	if err != nil {
		return err
	}
	applied, err := trust.Fingerprints(bundle.Root)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(live.RootSHA256, func(root string) bool { return slices.Contains(applied, root) }) {
		m.lostRoots = live.RootSHA256
	}
	return nil
}

// changesCertificates reports whether the plan creates or changes istiod's signing certificate.
func (m *member) changesCertificates() bool {
	return slices.ContainsFunc(slices.Concat(m.plan, m.secrets, m.pending), func(c apply.Change) bool {
		return c.Kind == "Secret" && c.Name == access.SigningSecret && c.Action != apply.ActionUnchanged
	})
}

func (r *run) allowsReplacedRoots(cluster string) bool {
	return slices.ContainsFunc(r.Workspace.Doc.Mesh.Spec.Waivers, func(w v1alpha1.Waiver) bool {
		return w.Rule == replacedRootsRule && (len(w.Clusters) == 0 || slices.Contains(w.Clusters, cluster))
	})
}
