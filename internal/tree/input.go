// Package tree renders a workspace: what one cluster gets, or the directories that hold the whole mesh.
package tree

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// Secrets says what happens to objects that hold a credential.
type Secrets string

// What can happen to them.
const (
	Include Secrets = "include"
	Mask    Secrets = "mask"
	Skip    Secrets = "skip"
)

// Input is what a rendering depends on.
type Input struct {
	Workspace *workspace.Workspace
	// Problems are those that opening the workspace has found.
	Problems []mesh.Problem
	Secrets  Secrets
	// Sample adds the verification workload.
	Sample bool
}

// read reads the credentials that a rendering of these clusters needs, if it needs any, and what is sealed
// for them where it is asked for. The problems are all that is known then, also when there is an error.
func (in Input) read(clusters []string, sealed bool) (render.Input, []mesh.Problem, error) {
	ws, problems := in.Workspace, in.Problems
	out := render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles, Root: ws.RootText, Sample: in.Sample}
	var err error
	if sealed {
		if out.Sealed, err = ws.ReadSealed(clusters); err != nil {
			return out, problems, err
		}
		problems = append(problems, ws.SealedProblems()...)
		if mesh.Stop(problems) {
			return out, nil, &workspace.Problems{Name: ws.Name, List: problems, Rest: workspace.ListAll(ws.Name)}
		}
	}
	if in.Secrets != Include {
		return out, problems, nil
	}
	tokens, found, err := ws.ReadTokens(clusters)
	if err != nil {
		return out, problems, err
	}
	out.Tokens = tokens
	if out.ClientCertificates, err = ws.ReadClientCertificates(clusters); err != nil {
		return out, found, err
	}
	out.Bundles, err = ws.ReadKeys(ws.Bundles, clusters)
	return out, found, err
}

// sealed is what is sealed for all clusters where a tree is for some: what its README.md says is about all of them. What
// is wrong with the others' does not stop it.
func (in Input) sealed(only []string) (map[string]*sealing.File, error) {
	if len(only) == 0 {
		return map[string]*sealing.File{}, nil
	}
	return in.Workspace.ReadSealed(in.Workspace.Graph.Names())
}

// Compile makes what one cluster gets. The problems do not stop it; they come also with an error.
func Compile(in Input, cluster string) (render.Overlay, []mesh.Problem, error) {
	input, problems, err := in.read([]string{cluster}, in.Secrets == Skip)
	if err != nil {
		return render.Overlay{}, problems, err
	}
	overlay, err := render.Compile(input, cluster, render.Options{Secrets: in.Secrets == Include, Redacted: in.Secrets == Mask})
	if err == nil {
		err = in.Workspace.Unchanged()
	}
	return overlay, problems, err
}
