// Package inspect looks at a workspace and at its clusters, and has package check judge what it saw.
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

// Input says what to look at.
type Input struct {
	Workspace *workspace.Workspace
	// Clusters are asked; nil: files are all there is to look at.
	Clusters *live.Clusters
	// Cluster is the only one to ask; empty: all.
	Cluster string
	// IstiodDebug has the URL of an istiod's debug interface by cluster; the others are reached through
	// their API servers.
	IstiodDebug map[string]string
	// Calls of the sample from each cluster; 0: none is made.
	Calls int
	// Handshake is the service that every gateway is asked for; nil: no handshake is made.
	Handshake *Handshake
	// Dump of gcloud is compared with what the mesh needs, if there is one.
	Dump *check.Dump
	Now  time.Time
	// Kubectl is the beginning of a printed command for a cluster.
	Kubectl func(name string) string
}

// Result is what was seen, and what package check says of it.
type Result struct {
	check.Input
	Results []check.Result
	Callers []check.Caller
	// Asked is what was to be looked at.
	Asked Input
}

// Run looks, and changes nothing.
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
	seen.Roots, _ = trust.ParseCertificates(ws.RootText) // CHECK001 reports what cannot be read
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

// tree compares the reviewed tree, where there is one, with what would be rendered.
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

// gather asks all clusters at once, or the one that is named. Those of sites that are not reached from here are left to
// them: of a link to one of them the end that is here is checked.
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

// ask asks one cluster. One that cannot be reached is unseen, and no error.
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

// unreachable is a cluster of which nothing was seen, and why.
func unreachable(err error) *check.Observation {
	reason, remedy := onLines(err)
	return &check.Observation{Unreachable: reason, Remedy: remedy}
}

// onLines takes an error with remedies apart: what went wrong on one line, what helps on the other.
func onLines(err error) (reason, remedy string) {
	return hint.Without(err).Error(), strings.Join(hint.Of(err), "; ")
}

// sealedValidities are the lives of what is sealed, sorted by file.
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
