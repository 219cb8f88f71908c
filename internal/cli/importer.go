package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// importer writes what dumps tell into the facts files of a mesh.
type importer struct {
	*importGKEOptions
	ws   *workspace
	dump gke.Dump
	// entries are the clusters as mesh.yaml has them, by name.
	entries map[string]*yaml.Node
	// changes is what is printed, when all is written: whoever reads it may stop early.
	changes strings.Builder
}

// open reads the mesh. What its rules find does not stop: the facts that they miss are to come.
func (o *importGKEOptions) open(dump gke.Dump) (*importer, error) {
	if _, err := os.Stat(o.filename); errors.Is(err, fs.ErrNotExist) && o.filename != "-" {
		_, strangers := match(nil, soundClusters(dump.Clusters))
		return nil, inputErrorf("write it, say:\n"+indented(firstMesh(strangers)), "%s does not exist", o.filename)
	}
	ws, problems, err := readWorkspace(o.filename, o.In)
	if err != nil {
		return nil, err
	}
	if ws.doc.Mesh == nil {
		ws.close()
		return nil, &problemsError{ws.name, problems, listAll(o.filename)}
	}
	return &importer{importGKEOptions: o, ws: ws, dump: dump, entries: entriesOf(ws.doc.Text())}, nil
}

func (i *importer) run() error {
	found, strangers := match(i.ws.doc.Mesh.Spec.Clusters, soundClusters(i.dump.Clusters))
	if odd := len(i.dump.Clusters) - len(soundClusters(i.dump.Clusters)); odd > 0 {
		fmt.Fprintf(i.ErrOut, "warning: %s of the files left out: no cluster of GKE is called so\n", count(odd, "cluster"))
	}
	if len(found) == 0 && len(strangers) == 0 {
		return inputErrorf("have gcloud print them: gcloud container clusters list --format=json", "the files hold no cluster that GKE could have")
	}
	if len(found) == 0 {
		return inputErrorf("add them to spec.clusters of "+i.ws.name+":\n"+indented(clusterLines(strangers, nil)),
			"%s lists none of the clusters in the files", i.ws.name)
	}
	var errs []error
	for _, one := range found {
		if err := i.take(one); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", one.target.Name, err))
		}
	}
	if _, err := fmt.Fprint(i.Out, plain(i.changes.String())); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	i.sayAbsent(found)
	if len(strangers) > 0 {
		fmt.Fprintf(i.ErrOut, "warning: %s does not list %s of the files\n", i.ws.name, count(len(strangers), "cluster"))
		fmt.Fprintf(i.ErrOut, "%sif they belong to the mesh, add them to spec.clusters, and import again:\n%s", hintMark,
			plain(indented(clusterLines(strangers, i.ws.graph.Names()))))
	}
	return nil
}

// take writes the facts of one cluster, and says what changes.
func (i *importer) take(one matched) error {
	name := one.target.Name
	told := gke.FactsOf(one.dump, i.dump.Rules)
	if told.Spec.GKE.Project == "" && one.target.GKE != nil { // the dump has no link
		told.Spec.GKE.Project = one.target.GKE.Project
	}
	before := i.ws.doc.Facts(name)
	facts, unsound, err := soundFacts(name, gkeFacts(told, i.recorded(name, "podCIDRs")))
	if err != nil {
		return err
	}
	facts, beside := i.besidePath(name, facts)
	for _, note := range append(told.Notes, beside...) {
		fmt.Fprintf(i.ErrOut, "warning: %s: %s\n", name, oneLine(note.What+": "+note.Why))
	}
	for _, note := range unsound { // its reason may repeat a secret in the wrong place
		fmt.Fprintf(i.ErrOut, "warning: %s: %s: the dump has there what cannot be one\n", name, note.What)
	}
	i.sayOverruled(one.target, facts)
	text, changed, err := mergeFacts(before, name, facts)
	if err != nil {
		return err
	}
	if len(changed) > 0 {
		if err := i.write(name, before, text); err != nil {
			return err
		}
	}
	i.noteChanges(name, facts, changed)
	return nil
}

// write replaces the facts file, unless it would not load any more.
func (i *importer) write(name string, before, text []byte) error {
	file := i.ws.path(mesh.FactsFile(name))
	if broken := mesh.CheckFacts(name, text); len(broken) > 0 {
		return withHint(fmt.Errorf("write %s: the facts do not fit in: %s", file, broken[0].Message),
			"correct the file, or remove it")
	}
	if i.dryRun {
		return nil
	}
	if now, err := fs.ReadFile(i.ws.root.FS(), mesh.FactsFile(name)); err == nil && !bytes.Equal(now, before) {
		return withHint(fmt.Errorf("write %s: somebody else has changed it in the meantime", file), "run the same command again")
	}
	return output.WriteFile(file, text, output.FileOptions{Mode: 0o644, Force: true})
}

// besidePath leaves the certificate authority alone where the file names another file for it.
func (i *importer) besidePath(name string, facts []fact) ([]fact, []gke.Note) {
	path := i.recorded(name, "api.certificateAuthority")
	if len(path) == 0 {
		return facts, nil
	}
	isAuthority := func(f fact) bool { return f.field == "api.certificateAuthorityData" }
	return slices.DeleteFunc(facts, isAuthority), []gke.Note{{What: "api.certificateAuthorityData", Why: "is in " + i.ws.path(path[0]) + ", which is left as it is"}}
}

// recorded is what the facts file of a cluster has for a field.
func (i *importer) recorded(name, field string) []string {
	return recordedValues(i.ws.doc.Facts(name), field)
}

// sayAbsent names the clusters on GKE of which the files tell nothing.
func (i *importer) sayAbsent(found []matched) {
	for _, cluster := range i.ws.doc.Mesh.Spec.Clusters {
		isFound := func(one matched) bool { return one.target.Name == cluster.Name }
		if onGKE(&cluster) && !slices.ContainsFunc(found, isFound) {
			fmt.Fprintf(i.ErrOut, "%s: not in the files\n", cluster.Name)
		}
	}
}

func onGKE(cluster *v1alpha1.Cluster) bool {
	return cluster.GKE != nil || cluster.Platform == v1alpha1.PlatformGKE
}
