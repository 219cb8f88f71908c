package seal

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// prepare creates all files, in memory.
func (r *run) prepare() error {
	clusters, err := r.clusters()
	if err != nil {
		return err
	}
	for _, cluster := range clusters {
		if err := r.plan(cluster); err != nil {
			return err
		}
	}
	if len(r.problems) > 0 {
		return &workspace.Problems{Name: "credentials and sealed files", List: r.problems, Rest: "fix these first"}
	}
	return r.encrypt()
}

// clusters returns those to seal for.
func (r *run) clusters() ([]*v1alpha1.Cluster, error) {
	const how = "set in mesh.yaml: spec.sealing: {format: sops, age: {recipients: [age1...]}}"
	if r.Cluster != "" {
		cluster, err := r.Workspace.Cluster(r.Cluster)
		if err != nil {
			return nil, err
		}
		if cluster.Sealing.Format == v1alpha1.SealingNone {
			return nil, verdict.Inputf(how, "nothing is sealed for %s: its sealing.format is none", r.Cluster)
		}
		return []*v1alpha1.Cluster{cluster}, nil
	}
	var sealed []*v1alpha1.Cluster
	for cluster := range r.Workspace.Graph.Clusters() {
		if cluster.Sealing.Format != v1alpha1.SealingNone {
			sealed = append(sealed, cluster)
		}
	}
	if len(sealed) == 0 {
		return nil, verdict.Inputf(how, "nothing is sealed for any cluster: %s sets no sealing.format", r.Workspace.Name)
	}
	return sealed, nil
}
