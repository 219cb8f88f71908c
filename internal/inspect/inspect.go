// Package inspect observes a workspace and its clusters, and has package check judge the observations.
package inspect

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Input selects what to inspect.
type Input struct {
	Workspace *workspace.Workspace
	// Clusters to query; if nil, only files are checked.
	Clusters *live.Clusters
	// Cluster is the only one to query; if empty, all.
	Cluster string
	// IstiodDebug has the URL of an istiod's debug interface by cluster; others are reached through their API servers.
	IstiodDebug map[string]string
	// Calls of the sample from each cluster; 0 for none.
	Calls int
	// Handshake is the service to request of every gateway; nil for no handshakes.
	Handshake *Handshake
	// Dump of gcloud to compare with what the mesh needs, if any.
	Dump *check.Dump
	Now  time.Time
	// Kubectl is the start of a printed command for a cluster.
	Kubectl func(name string) string
}

// Result is what was observed, and package check's results.
type Result struct {
	check.Input
	Results []check.Result
	Callers []check.Caller
	// Asked is what was to be inspected.
	Asked Input
}

// Run inspects without changing anything.
func Run(ctx context.Context, in Input) (Result, error) {
	ws := in.Workspace
	sealed, err := ws.ReadSealed(ws.Graph.Names())
	if err != nil {
		return Result{}, err
	}
	problems := ws.Check(nil)
	seen := Result{
		Asked: in,
		Input: check.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Problems: problems, Sealed: sealedValidities(ws, sealed),
			Now: in.Now, Dump: in.Dump, Commands: in.commands(), Pins: ws.Doc.Pins()},
	}
	seen.Roots, _ = trust.ParseCertificates(ws.RootText) // CHECK001 reports unreadable files
	if seen.Tree, err = in.tree(problems); err != nil {
		return Result{}, err
	}
	if in.Clusters != nil {
		if seen.Observed, err = in.gather(ctx); err != nil {
			return Result{}, err
		}
	}
	if in.Handshake != nil {
		seen.Handshakes = in.shake(ctx, seen.Input)
	}
	if ctx.Err() != nil {
		return Result{}, verdict.ErrInterrupted
	}
	seen.Results, seen.Callers = check.Run(seen.Input), check.NewCallers(seen.Graph, seen.Observed)
	return seen, nil
}

func (in Input) commands() check.Commands {
	flag := in.Workspace.FilenameFlag()
	return check.Commands{
		Apply:   "kubectl mesh render --apply" + flag,
		Sample:  "kubectl mesh render --with-sample --apply" + flag,
		Check:   "kubectl mesh check" + flag,
		Render:  "kubectl mesh render --output-dir deploy" + flag,
		Trust:   "kubectl mesh ca trust -" + flag,
		Kubectl: in.Kubectl,
	}
}

// tree compares the reviewed tree, if there is one, with what would be rendered.
func (in Input) tree(problems []mesh.Problem) (*[]string, error) {
	ws := in.Workspace
	_, err := fs.Stat(ws.Root.FS(), layout.Deployed(layout.Lock))
	if errors.Is(err, fs.ErrNotExist) || mesh.Stop(problems) {
		return nil, nil
	}
	dir := ws.Path(layout.Deploy)
	made, _, err := tree.Render(tree.Input{Workspace: ws, Problems: problems, Secrets: tree.Skip}, tree.Target{Dir: dir})
	if err != nil {
		return nil, err
	}
	found, err := made.Trees[0].Check()
	if err != nil {
		return nil, err
	}
	differences := []string{}
	for _, d := range found {
		differences = append(differences, string(d.Kind)+" "+filepath.Join(dir, filepath.FromSlash(d.Path)))
	}
	return &differences, nil
}

// gather queries all clusters concurrently, or the named one. Clusters of unreachable sites are skipped: of a link to
// one of them, only the local end is checked.
func (in Input) gather(ctx context.Context) (map[string]*check.Observation, error) {
	asked := in.Clusters.Own(in.Workspace.Doc.Mesh.Spec)
	if in.Cluster != "" {
		if err := in.Workspace.CheckCluster(in.Cluster); err != nil {
			return nil, err
		}
		asked = []string{in.Cluster}
	}
	targets := slices.DeleteFunc(slices.Collect(in.Workspace.Graph.Clusters()), func(c *v1alpha1.Cluster) bool {
		return !slices.Contains(asked, c.Name)
	})
	facts := map[string]*check.Observation{}
	for target, found := range parallel.InOrder(ctx, targets, in.ask) {
		facts[target.Name] = found
	}
	return facts, nil
}

// ask queries one cluster. An unreachable one is no error.
func (in Input) ask(ctx context.Context, declared *v1alpha1.Cluster) *check.Observation {
	defer progress.Begin(ctx, declared.Name)()
	opened, err := in.Clusters.Open(ctx, declared, live.Observe)
	if err != nil {
		return unreachable(err)
	}
	ws, clusters := in.Workspace, in.Clusters
	var service *handshake.Service
	if in.Handshake != nil {
		service = &in.Handshake.Service
	}
	return check.Gather(ctx, check.Target{
		Cluster: declared, Source: opened.Client, Labels: access.Labels(ws.Doc.Mesh.Metadata.Name),
		Proven: opened.Proof == live.ProvenByUID || opened.Proof == live.ProvenByAuthority,
		Serves: ws.Graph.Exposure(declared.Name).Remotes,
		Reads:  slices.Collect(ws.Graph.Targets(declared.Name)),
		Probe: func(ctx context.Context, remote cluster.RemoteKubeconfig, permissions []cluster.Permission) cluster.Access {
			return cluster.Probe(ctx, remote, clusters.UserAgent(), clusters.Timeout(), permissions)
		},
		Debug:            in.istiod(opened),
		Istiods:          in.istiods(opened),
		HandshakeService: service,
		Calls:            in.samples(opened),
		Explain:          func(err error) (string, string) { return onLines(clusters.Explain(err, opened.Context)) },
	})
}

// unreachable is a cluster that could not be observed, and why.
func unreachable(err error) *check.Observation {
	reason, remedy := onLines(err)
	return &check.Observation{Unreachable: reason, Remedy: remedy}
}

// onLines separates an error from its remedies: one line each.
func onLines(err error) (reason, remedy string) {
	return hint.Without(err).Error(), strings.Join(hint.Of(err), "; ")
}

// sealedValidities returns the validity of sealed files, sorted by file.
func sealedValidities(ws *workspace.Workspace, files map[string]*sealing.File) []check.Sealed {
	var lives []check.Sealed
	for _, name := range slices.Sorted(maps.Keys(files)) {
		begin, end := files[name].Life()
		lives = append(lives, check.Sealed{
			Cluster: path.Base(path.Dir(name)),
			File:    ws.Path(name),
			Life:    check.Validity{Begin: begin, End: end},
		})
	}
	return lives
}
