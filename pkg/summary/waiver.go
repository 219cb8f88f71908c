package summary

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

func (b *builder) waivers() []Waiver {
	all := []Waiver{}
	for i, waiver := range b.Mesh.Spec.Waivers {
		clusters := sorted(waiver.Clusters)
		id := "waiver/" + waiver.Rule
		if clusters != nil {
			id += "/" + strings.Join(clusters, ",")
		}
		rule, _ := rules.Find(waiver.Rule)
		all = append(all, Waiver{ID: id, At: b.at("spec.waivers[%d]", i), Rule: waiver.Rule, Title: rule.Title, Clusters: clusters, Reason: waiver.Reason})
	}
	slices.SortStableFunc(all, func(a, b Waiver) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// admission lists the clusters that get the policy: those with a control plane.
func (b *builder) admission() *Admission {
	if !b.Mesh.Spec.AdmissionPolicy {
		return nil
	}
	policy := &Admission{ID: "admission", At: b.at("spec.admissionPolicy"), Clusters: []string{}}
	for cluster := range b.Graph.Clusters() {
		if cluster.ControlPlane == cluster.Name {
			policy.Clusters = append(policy.Clusters, cluster.Name)
		}
	}
	return policy
}
