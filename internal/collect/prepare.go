package collect

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// targets returns the clusters to read, sorted by name.
func (c *collector) targets() ([]*v1alpha1.Cluster, error) {
	var targets []*v1alpha1.Cluster
	var errs []error
	for _, name := range c.Names {
		errs = append(errs, c.Workspace.CheckCluster(name))
	}
	own := c.Clusters.Own(c.Workspace.Doc.Mesh.Spec)
	for cluster := range c.Workspace.Graph.Clusters() {
		named := slices.Contains(c.Names, cluster.Name)
		switch {
		case named && c.Clusters.Of(cluster) == "":
			errs = append(errs, verdict.Inputf(live.ContextRemedy(cluster, c.Workspace.Name),
				"cluster %s has no context", cluster.Name))
		case named, len(c.Names) == 0 && cluster.Context != "" && slices.Contains(own, cluster.Name):
			targets = append(targets, cluster)
		}
	}
	if len(targets) == 0 && errors.Join(errs...) == nil {
		errs = append(errs, verdict.Inputf("set context: NAME for each cluster in "+c.Workspace.Name+"; "+
			"kubectl config get-contexts -o name lists them",
			"no cluster of %s has a context", c.Workspace.Name))
	}
	return targets, errors.Join(errs...)
}

// checkCredentials rejects a directory that is unsuitable for secrets before any is requested.
func (c *collector) checkCredentials(ctx context.Context) error {
	dir := c.Workspace.Path(layout.Credentials)
	if c.Tokens == SkipTokens || !c.readsTokens() {
		return nil
	}
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		return nil // it is created and checked with the first token
	}
	err := output.CheckPrivate(dir)
	if err == nil {
		err = c.Workspace.PrepareCredentials(ctx)
	}
	if err != nil {
		return hint.Add(err, "to collect only facts: kubectl mesh collect --token=skip"+c.Workspace.FilenameFlag())
	}
	return nil
}

// readsTokens reports whether any control plane reads a cluster with a token.
func (c *collector) readsTokens() bool {
	for target := range c.Workspace.Graph.Clusters() {
		if access.KindOf(target).Traits().Collected() && c.Workspace.Graph.IsTarget(target.Name) {
			return true
		}
	}
	return false
}
