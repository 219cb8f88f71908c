package cli

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// targets are the clusters to read, sorted by name.
func (c *collector) targets() ([]*v1alpha1.Cluster, error) {
	var targets []*v1alpha1.Cluster
	var errs []error
	for _, name := range c.clusters {
		errs = append(errs, c.ws.checkCluster(name))
	}
	for cluster := range c.ws.graph.Clusters() {
		named := slices.Contains(c.clusters, cluster.Name)
		switch {
		case named && c.contextOf(cluster) == "":
			errs = append(errs, inputErrorf("write context: NAME into "+c.ws.name+", or name one: --cluster "+cluster.Name+" --context NAME",
				"cluster %s has no context", cluster.Name))
		case named, len(c.clusters) == 0 && cluster.Context != "":
			targets = append(targets, cluster)
		}
	}
	if len(targets) == 0 && errors.Join(errs...) == nil {
		errs = append(errs, inputErrorf("write context: NAME into each cluster of "+c.ws.name+"; kubectl config get-contexts -o name lists them",
			"no cluster of %s has a context", c.ws.name))
	}
	return targets, errors.Join(errs...)
}

// checkCredentials refuses a folder that is not fit for secrets before any is asked for.
func (c *collector) checkCredentials(ctx context.Context) error {
	folder := c.ws.path(credentialsFolder)
	if _, err := os.Lstat(folder); c.token == tokenSkip || !c.readsTokens() || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	err := output.CheckPrivate(folder)
	if err == nil {
		err = output.EnsureIgnored(folder)
	}
	if err == nil {
		err = checkTracked(ctx, c.ws.folder)
	}
	if err != nil {
		return withHint(err, "to collect facts alone: kubectl mesh collect --token=skip"+filenameFlag(c.filename))
	}
	return nil
}

// readsTokens tells whether any control plane reads a cluster with a token.
func (c *collector) readsTokens() bool {
	for target := range c.ws.graph.Clusters() {
		if target.Reader.Auth == v1alpha1.ReaderAuthToken && c.ws.graph.IsRead(target.Name) {
			return true
		}
	}
	return false
}
