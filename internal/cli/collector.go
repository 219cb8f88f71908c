package cli

import (
	"context"
	"fmt"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// collector is one run of collect.
type collector struct {
	*collectOptions
	ws *workspace
	// declared is what mesh.yaml alone says of each cluster.
	declared map[string]v1alpha1.Cluster
	// store is held by whoever writes to the workspace; owners are the names of the clusters
	// whose identity is known, by UID.
	store  sync.Mutex
	owners map[string]string
}

// collected is what came of one cluster.
type collected struct {
	Cluster string         `json:"cluster"`
	Context string         `json:"context"`
	UID     string         `json:"uid,omitempty"`
	File    string         `json:"file,omitempty"`
	Changed []string       `json:"changed"` // fields of the file, none: it was current
	Tokens  []fetched      `json:"tokens"`
	Notes   []cluster.Note `json:"notes"`
	Error   string         `json:"error,omitempty"`

	err error
}

// open reads the mesh and the kubeconfig, and checks what can be checked before a cluster is
// asked. Findings of rules are no obstacle: the facts may be what is missing.
func (o *collectOptions) open(ctx context.Context) (*collector, []*v1alpha1.Cluster, error) {
	ws, problems, err := readWorkspace(o.filename, o.In)
	if err != nil {
		return nil, nil, err
	}
	c := &collector{collectOptions: o, ws: ws, declared: map[string]v1alpha1.Cluster{}, owners: map[string]string{}}
	targets, err := c.prepare(ctx, problemsError{ws.name, problems, listAll(o.filename)})
	if err != nil {
		ws.close()
		return nil, nil, err
	}
	return c, targets, nil
}

func (c *collector) prepare(ctx context.Context, problems problemsError) ([]*v1alpha1.Cluster, error) {
	if c.ws.graph == nil {
		return nil, &problems
	}
	targets, err := c.targets()
	if err != nil {
		return nil, err
	}
	if err := c.complete(); err != nil {
		return nil, err
	}
	if *c.Context != "" {
		if err := c.checkContext(*c.Context); err != nil {
			return nil, err
		}
	}
	declared := c.ws.doc.Declared()
	if declared == nil {
		declared = c.ws.doc.Mesh
	}
	for _, cluster := range declared.Spec.Clusters {
		c.declared[cluster.Name] = cluster
	}
	for known := range c.ws.graph.Clusters() {
		if known.UID != "" {
			c.owners[known.UID] = known.Name
		}
	}
	return targets, c.checkCredentials(ctx)
}

// identify proves that the live cluster is the one that is meant.
func (c *collector) identify(target *v1alpha1.Cluster, uid, context string) error {
	if target.UID != "" && target.UID != uid {
		return withHint(fmt.Errorf("context %q leads to another cluster: its UID is %s, and %s is %s", context, uid, target.Name, target.UID),
			fmt.Sprintf("correct the context; or, if the cluster was built anew, remove uid: %s from %s and collect again", target.UID, c.saysUID(target)))
	}
	c.store.Lock()
	defer c.store.Unlock()
	if owner, known := c.owners[uid]; known && owner != target.Name {
		return withHint(fmt.Errorf("context %q leads to the same cluster as %s: its UID is %s", context, owner, uid),
			"give each cluster the context that leads to it")
	}
	c.owners[uid] = target.Name
	return nil
}
