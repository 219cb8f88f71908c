package summary

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// Waiver accepts findings of one rule.
type Waiver struct {
	// ID of the item: waiver/RULE, with the clusters to which it is limited.
	// +required
	ID string `json:"id"`
	// At is the location of the waiver.
	At Place `json:"at,omitzero"`
	// Rule is the ID of the rule.
	// +required
	Rule string `json:"rule"`
	// Title of the rule.
	// +required
	Title string `json:"title"`
	// Clusters that the waiver is limited to; omitted for all findings of the rule.
	Clusters []string `json:"clusters,omitempty"`
	// Reason for the waiver.
	// +required
	Reason string `json:"reason"`
}

func (b *builder) waivers() []Waiver {
	all := []Waiver{}
	for i, waiver := range b.Mesh.Spec.Waivers {
		clusters := sortedCopy(waiver.Clusters)
		id := "waiver/" + waiver.Rule
		if clusters != nil {
			id += "/" + strings.Join(clusters, ",")
		}
		rule, _ := rules.Find(waiver.Rule)
		all = append(all, Waiver{
			ID:       id,
			At:       b.at("spec.waivers[%d]", i),
			Rule:     waiver.Rule,
			Title:    rule.Title,
			Clusters: clusters,
			Reason:   waiver.Reason,
		})
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
