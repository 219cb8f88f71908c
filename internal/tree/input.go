// Package tree renders a workspace: the overlay of one cluster, or the directories with the whole mesh.
package tree

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Secrets selects how objects with a credential are rendered.
type Secrets string

// Values of Secrets.
const (
	Include Secrets = "include"
	Mask    Secrets = "mask"
	Skip    Secrets = "skip"
)

// Input of a rendering.
type Input struct {
	Workspace *workspace.Workspace
	// Problems found when the workspace was opened.
	Problems []mesh.Problem
	Secrets  Secrets
	// Sample adds the verification workload.
	Sample bool
}

// read reads the credentials that a rendering of these clusters needs, and sealed files. Incomplete input is no
// problem, because the rendering lists what it holds back. The problems are complete, also if there is an error.
func (in Input) read(clusters, sealed []string) (render.Input, []mesh.Problem, error) {
	ws := in.Workspace
	problems := mesh.WithoutIncomplete(in.Problems)
	out := ws.RenderInput()
	out.Sample = in.Sample
	var err error
	if sealed != nil {
		if out.Sealed, err = ws.ReadSealed(sealed); err != nil {
			return out, problems, err
		}
		problems = append(problems, ws.SealedProblems()...)
		if mesh.Stop(problems) {
			return out, nil, workspace.Stopped(ws.Name, problems, ws.Name)
		}
	}
	if in.Secrets != Include {
		return out, problems, nil
	}
	found, err := ws.AddCredentials(&out, clusters)
	if found != nil {
		problems = mesh.WithoutIncomplete(found)
	}
	return out, problems, err
}

// Compile returns the overlay of a cluster. The problems do not stop it; they are returned with an error too.
func Compile(in Input, cluster string) (render.Overlay, []mesh.Problem, error) {
	var sealed []string
	if in.Secrets == Skip {
		sealed = []string{cluster}
	}
	input, problems, err := in.read([]string{cluster}, sealed)
	if err != nil {
		return render.Overlay{}, problems, err
	}
	overlay, err := render.Compile(input, cluster, render.Options{
		Secrets:  in.Secrets == Include,
		Redacted: in.Secrets == Mask,
	})
	if err == nil {
		err = in.Workspace.Unchanged()
	}
	return overlay, problems, err
}
