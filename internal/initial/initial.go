// Package initial creates a first mesh.yaml from kubeconfig contexts, offline.
package initial

import (
	"errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Input of the mesh.
type Input struct {
	// Name of the mesh; if empty, that of the directory of File.
	Name string
	// Kubeconfig file; if empty, those of KUBECONFIG, or ~/.kube/config. Contexts are names in it; none means all.
	Kubeconfig string
	Contexts   []string
	// AllowNonExpiring allows reader tokens that never expire.
	AllowNonExpiring bool
	// File is where the mesh will be written, for messages.
	File string
	Log  hint.Log
}

// Mesh is a mesh.yaml and its findings.
type Mesh struct {
	Text     []byte
	Problems []mesh.Problem
	Clusters int
	// Unchanged is set if an existing mesh already has all clusters.
	Unchanged bool

	named     []kubeconfig.Context // those requested by name, which are added to an existing mesh
	requested Input                // settings that an existing mesh keeps
}

// Make returns the text without writing it. It returns no text that would not load or that contains a credential.
func Make(in Input) (Mesh, error) {
	contexts, err := readContexts(in.Kubeconfig, in.Contexts, in.Log)
	if err != nil {
		return Mesh{}, err
	}
	if contexts, err = distinct(contexts, in.Contexts, in.Log); err != nil {
		return Mesh{}, err
	}
	text, err := initialMesh(in, contexts)
	if err != nil {
		return Mesh{}, err
	}
	doc, problems := mesh.Load(mesh.Source{Name: in.File, Text: text})
	if mesh.Stop(problems) {
		for i := range problems {
			problems[i].File, problems[i].Line = "", 0 // of a new text
		}
		return Mesh{}, &workspace.Problems{Name: "the resulting mesh", List: problems}
	}
	if err := leaks.Refuse(leaks.New().Scan(layout.MeshFile, text)); err != nil {
		return Mesh{}, err
	}
	found := doc.Place(rules.Check(rules.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh)}))
	made := Mesh{Text: text, Problems: found, Clusters: len(contexts), requested: in}
	if len(in.Contexts) > 0 {
		made.named = contexts
	}
	return made, nil
}

// readContexts reads the contexts and their certificate authority files.
func readContexts(file string, names []string, log hint.Log) ([]kubeconfig.Context, error) {
	config, err := live.ReadKubeconfig(file)
	if err != nil {
		return nil, err
	}
	if len(config.Contexts) == 0 {
		return nil, noContexts(file)
	}
	if err := shadowed(file, names, log); err != nil {
		return nil, err
	}
	contexts, err := kubeconfig.Contexts(*config, names)
	var more []string
	if len(names) == 0 {
		more = []string{"or omit the context: specify the others with --context"}
	}
	var problems kubeconfig.Problems
	if errors.As(err, &problems) {
		return nil, verdict.Input(live.ContextErrors(problems, more...))
	}
	if err != nil {
		return nil, verdict.Input(err)
	}
	var errs []error
	for i := range contexts {
		errs = append(errs, live.ReadAuthority(&contexts[i]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, verdict.Input(err)
	}
	return contexts, nil
}
