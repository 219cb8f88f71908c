package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/facts"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// ImportInput is gcloud's output about clusters and firewall rules.
type ImportInput struct {
	Workspace *workspace.Workspace
	Dump      gke.Dump
	DryRun    bool
	Log       hint.Log
}

// importer writes the facts in dumps to the facts files of a mesh.
type importer struct {
	ImportInput
	// entries are the clusters in mesh.yaml, by name.
	entries map[string]*yaml.Node
	// declared is what mesh.yaml alone declares for each cluster.
	declared map[string]*v1alpha1.Cluster
	changes  []Change
	// writes are the facts files that change.
	writes []factsFile
}

type factsFile struct {
	name         string
	before, text []byte
}

// Change of a cluster's facts.
type Change struct {
	Cluster string `json:"cluster"`
	File    string `json:"file"`
	// Fields that change, in the order of a file; empty if the facts are up to date.
	Fields []FieldChange `json:"fields"`
}

// FieldChange is a field with its values, one line each; empty for no value.
type FieldChange struct {
	Field string `json:"field"`
	Was   string `json:"before,omitempty"`
	Is    string `json:"after,omitempty"`
}

// ImportGKE writes the facts in the dumps to the facts files, and returns the changes, also with an error: those that
// were written.
func ImportGKE(ctx context.Context, in ImportInput) ([]Change, error) {
	i := &importer{ImportInput: in, entries: entriesOf(in.Workspace.Doc.Text()), declared: in.Workspace.Declared()}
	err := i.run(ctx)
	return i.changes, err
}

// FirstMesh returns a mesh.yaml with the clusters in a dump.
func FirstMesh(dump gke.Dump) string {
	_, unknown := Match(nil, SelectClusters(dump.Clusters))
	return firstMesh(unknown)
}

func (i *importer) run(ctx context.Context) error {
	found, unknown := Match(i.Workspace.Doc.Mesh.Spec.Clusters, SelectClusters(i.Dump.Clusters))
	if odd := len(i.Dump.Clusters) - len(SelectClusters(i.Dump.Clusters)); odd > 0 {
		i.Log.Warn("", "%s of the files is ignored: not a valid GKE cluster name", terminal.Count(odd, "cluster"))
	}
	if len(found) == 0 && len(unknown) == 0 {
		return verdict.Inputf("run: gcloud container clusters list --format=json", "the files contain no valid GKE cluster")
	}
	if len(found) == 0 {
		return verdict.Inputf("add them to spec.clusters of "+i.Workspace.Name+":\n"+Indented(clusterLines(unknown, nil)),
			"%s lists none of the clusters in the files", i.Workspace.Name)
	}
	var errs []error
	for _, one := range found {
		if err := i.take(one); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", one.Target.Name, err))
		}
	}
	if err := i.commit(ctx); err != nil {
		i.changes = nil
		return errors.Join(append(errs, err)...)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	i.infoAbsent(found)
	if len(unknown) > 0 {
		i.Log.Warn("", "%s does not list %s of the files", i.Workspace.Name, terminal.Count(len(unknown), "cluster"))
		i.Log.Advise("if they belong to the mesh, add them to spec.clusters, and import again:\n" +
			Indented(clusterLines(unknown, i.Workspace.Graph.Names())))
	}
	return nil
}

// take writes a cluster's facts and reports the changes.
func (i *importer) take(one Matched) error {
	name := one.Target.Name
	reported := gke.FactsOf(one.Dump, i.Dump.Rules)
	if reported.Spec.GKE.Project == "" && one.Target.GKE != nil { // the dump has no link
		reported.Spec.GKE.Project = one.Target.GKE.Project
	}
	before := i.Workspace.Doc.Facts(name)
	sound, unsound, err := facts.Valid(name, facts.GKE(reported, i.recorded(name, "podCIDRs")))
	if err != nil {
		return err
	}
	sound, isDeclared := i.ofDeclared(one.Target, sound, *reported.Spec.GKE)
	if !isDeclared {
		reported.Notes = slices.DeleteFunc(reported.Notes, func(note gke.Note) bool {
			return strings.HasPrefix(note.What, "gke.")
		})
	}
	sound, additional := i.otherPath(name, sound)
	for _, note := range append(reported.Notes, additional...) {
		i.Log.Warn("", "%s: %s", name, note.What+": "+note.Why)
	}
	for _, note := range unsound { // its reason can repeat a misplaced secret
		i.Log.Warn("", "%s: %s: invalid value in the gcloud output", name, note.What)
	}
	i.infoManaged(one)
	i.infoOverridden(one.Target, sound)
	text, changed, err := facts.Merge(before, name, sound)
	if err != nil {
		return err
	}
	if len(changed) > 0 {
		if err := i.keep(name, before, text); err != nil {
			return err
		}
	}
	i.noteChanges(name, sound, changed)
	return nil
}

// ofDeclared omits what Google reports unless mesh.yaml declares the GKE cluster: the same name is no proof.
func (i *importer) ofDeclared(target *v1alpha1.Cluster, sound []facts.Fact, found v1alpha1.GKE) ([]facts.Fact, bool) {
	if declared := i.declared[target.Name]; declared != nil {
		if _, known := mesh.DeclaredGKE(declared); known {
			return sound, true
		}
	}
	i.Log.Warn(mesh.DeclareGKE(target.Name, found),
		"%s: the facts of GKE are ignored: %s does not identify the GKE cluster", target.Name, i.Workspace.Name)
	return slices.DeleteFunc(sound, func(f facts.Fact) bool { return strings.HasPrefix(f.Field, "gke.") }), false
}

// keep registers a cluster's facts file, unless it would not load.
func (i *importer) keep(name string, before, text []byte) error {
	file := i.Workspace.Path(layout.Facts(name))
	if broken := mesh.CheckFacts(name, text); len(broken) > 0 {
		return hint.Add(fmt.Errorf("write %s: the facts cannot be merged: %s", file, broken[0].Message),
			"correct or remove the file")
	}
	i.writes = append(i.writes, factsFile{name: layout.Facts(name), before: before, text: text})
	return nil
}

// commit writes all files atomically.
func (i *importer) commit(ctx context.Context) error {
	if i.DryRun || len(i.writes) == 0 {
		return nil
	}
	return i.Workspace.Change(ctx, func(c *workspace.Change) error {
		for _, file := range i.writes {
			c.Expect(file.name, file.before)
			c.Public(file.name, file.text)
		}
		return nil
	})
}

// otherPath keeps the certificate authority if the facts file refers to another file.
func (i *importer) otherPath(name string, sound []facts.Fact) ([]facts.Fact, []gke.Note) {
	path := i.recorded(name, "api.certificateAuthority")
	if len(path) == 0 {
		return sound, nil
	}
	isAuthority := func(f facts.Fact) bool { return f.Field == "api.certificateAuthorityData" }
	return slices.DeleteFunc(sound, isAuthority), []gke.Note{{
		What: "api.certificateAuthorityData",
		Why:  "is in " + i.Workspace.Path(path[0]) + ", which stays unchanged",
	}}
}

// recorded returns a field of a cluster's facts file.
func (i *importer) recorded(name, field string) []string {
	return facts.Recorded(i.Workspace.Doc.Facts(name), field)
}

// infoAbsent lists the GKE clusters that the files do not contain.
func (i *importer) infoAbsent(found []Matched) {
	for _, cluster := range i.Workspace.Doc.Mesh.Spec.Clusters {
		isFound := func(one Matched) bool { return one.Target.Name == cluster.Name }
		if onGKE(&cluster) && !slices.ContainsFunc(found, isFound) {
			i.Log.Info("%s: not in the files", cluster.Name)
		}
	}
}

func onGKE(cluster *v1alpha1.Cluster) bool {
	return cluster.GKE != nil || cluster.Platform == v1alpha1.PlatformGKE
}
