package cli

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// checkRun is one run of check.
type checkRun struct {
	*checkOptions
	ws    *workspace
	debug map[string]string // URL of istiod by cluster
}

func (r *checkRun) commands() check.Commands {
	return check.Commands{
		Apply:  "kubectl mesh render --apply" + filenameFlag(r.filename),
		Sample: "kubectl mesh render --with-sample --apply" + filenameFlag(r.filename),
		Check:  "kubectl mesh check" + filenameFlag(r.filename),
		Kubectl: func(name string) string {
			declared, known := r.ws.graph.Cluster(name)
			if !known || r.contextOf(declared) == "" {
				return "kubectl"
			}
			return r.kubectl(r.contextOf(declared))
		},
	}
}

// deployFolder is where the reviewed tree is by convention.
const deployFolder = "deploy"

// tree compares the reviewed tree, where there is one, with what would be rendered.
func (r *checkRun) tree(problems []mesh.Problem) (*[]string, error) {
	folder := r.ws.path(deployFolder)
	if _, err := fs.Stat(r.ws.root.FS(), deployFolder+"/mesh.lock"); errors.Is(err, fs.ErrNotExist) || mesh.Stop(problems) {
		return nil, nil
	}
	o := &renderOptions{System: r.System, liveFlags: newLiveFlags(r.System), filename: r.filename, outputDir: folder}
	trees, err := o.trees(r.ws, nil, problems)
	if err != nil {
		return nil, err
	}
	found, err := output.Check(folder, trees[0].tree, trees[0].opts)
	if err != nil {
		return nil, err
	}
	differences := []string{}
	for _, d := range found {
		differences = append(differences, string(d.Kind)+" "+filepath.Join(folder, filepath.FromSlash(d.Path)))
	}
	return &differences, nil
}

// gather asks all clusters at once, or the one that is named.
func (r *checkRun) gather(ctx context.Context) (map[string]*check.Facts, error) {
	targets := slices.Collect(r.ws.graph.Clusters())
	if r.cluster != "" {
		if err := r.ws.checkCluster(r.cluster); err != nil {
			return nil, err
		}
		declared, _ := r.ws.graph.Cluster(r.cluster)
		targets = []*v1alpha1.Cluster{declared}
	}
	if err := r.parseDebug(); err != nil {
		return nil, err
	}
	if err := r.complete(); err != nil {
		return nil, err
	}
	facts := map[string]*check.Facts{}
	for target, found := range inOrder(ctx, targets, r.ask) {
		facts[target.Name] = found
	}
	return facts, nil
}

// ask asks one cluster. One without a context that can be used is unseen, and no error.
func (r *checkRun) ask(ctx context.Context, declared *v1alpha1.Cluster) *check.Facts {
	config, err := r.config(declared)
	if err != nil {
		reason, remedy := splitHint(err)
		return &check.Facts{Unseen: reason, Remedy: remedy}
	}
	name := r.contextOf(declared)
	explain := func(err error) (string, string) { return splitHint(r.explain(err, name)) }
	client, err := cluster.Open(config)
	if err != nil {
		reason, remedy := explain(err)
		return &check.Facts{Unseen: reason, Remedy: remedy}
	}
	timeout, _ := clientcmd.ParseTimeout(*r.Timeout) // Validate has looked at it
	return check.Gather(ctx, check.Target{
		Cluster: declared, Source: client, Labels: render.Labels(r.ws.doc.Mesh.Metadata.Name),
		Proven: r.provenByServer(r.ws.graph, declared, name),
		Reads:  slices.Collect(r.ws.graph.ReadBy(declared.Name)),
		Probe: func(ctx context.Context, remote cluster.Remote, rights []cluster.Right) cluster.Access {
			return cluster.Probe(ctx, remote, r.userAgent, timeout, rights)
		},
		Debug:   r.istiod(config, declared),
		Calls:   r.samples(config, client),
		Explain: explain,
	})
}
