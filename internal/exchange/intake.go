package exchange

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// skew is the difference between two sites' clocks above which a warning is printed.
const skew = 5 * time.Minute

// intake is the state of an import: planned content is read instead of the disk.
type intake struct {
	in         ImportInput
	ws         *workspace.Workspace
	now        time.Time
	identities []age.Identity

	// site is the sender of the file, which speaks for clusters. own is this site; nil if unknown.
	site     v1alpha1.Site
	clusters []string
	own      *v1alpha1.Site

	planned map[string][]byte
	writes  []planned
	current map[access.Pair]workspace.Generations
	state   mesh.State
	// isNew is set if a file was accepted that was not imported before.
	isNew bool
	done  Imported
}

// planned is a file to write.
type planned struct {
	name            string
	before, content []byte
}

func newGenerations() map[access.Pair]workspace.Generations {
	return map[access.Pair]workspace.Generations{}
}

// file imports a file after verifying all of it.
func (i *intake) file(file namedFile) error {
	site, err := i.verify(file.File)
	if err != nil {
		return err
	}
	i.site, i.clusters = site, file.Clusters
	taken := Taken{Name: file.name, From: file.From, Serial: file.Serial, Issued: file.Issued}
	if taken.Unchanged, err = i.order(file.File); err != nil {
		return err
	}
	if err := i.findOwn(); err != nil {
		return err
	}
	if !taken.Unchanged {
		if err := i.items(file.Items); err != nil {
			return err
		}
		i.state = i.state.WithSite(file.From, mesh.SiteState{Serial: file.Serial, SHA256: file.Digest})
		i.isNew = true
	}
	i.done.Files = append(i.done.Files, taken)
	return nil
}

// findOwn determines this site, which is not the sender of the file.
func (i *intake) findOwn() error {
	own, known, err := i.in.find()
	if err == nil && !known {
		own, known, err = i.in.find(i.site.Name)
	}
	if err != nil || !known {
		return err
	}
	if own.Name == i.site.Name {
		return hint.Errorf("import it at another site; if this is a different site, specify it: --site NAME",
			"the file is from this site, %s", own.Name)
	}
	i.own = &own
	return nil
}

// verify compares a file with mesh.yaml and the allowed signers.
func (i *intake) verify(file exchange.File) (v1alpha1.Site, error) {
	spec, name := i.ws.Doc.Mesh.Spec, i.ws.Doc.Mesh.Metadata.Name
	site, known := spec.Site(file.From)
	switch {
	case file.Mesh != name:
		return site, fmt.Errorf("the file is for mesh %s, not %s", file.Mesh, name)
	case file.Purpose != exchange.PurposeExchange:
		return site, hint.Errorf("kubectl mesh check --from-receipts DIRECTORY reads it",
			"the file is a %s, which contains nothing to import", file.Purpose)
	case !known:
		return site, hint.Errorf("after the owners of the mesh agree, add it to spec.sites",
			"site %s is not in %s", file.From, i.ws.Name)
	}
	if err := i.verifySigner(file); err != nil {
		return site, err
	}
	for _, cluster := range file.Clusters {
		if err := speaksFor(site, spec, cluster, "clusters"); err != nil {
			return site, err
		}
	}
	switch {
	case i.now.After(file.NotAfter):
		return site, hint.Errorf("ask the site for a new one", "the file expired on %s", file.NotAfter.Format(time.RFC3339))
	case file.Issued.After(i.now.Add(skew)):
		i.in.Log.Warn("compare the clocks of both sites",
			"%s was issued %s ahead of the clock here", file.From, file.Issued.Sub(i.now).Round(time.Second))
	}
	return site, nil
}

// verifySigner accepts a key that trust/allowed_signers has for the site, or that the user accepts now.
func (i *intake) verifySigner(file exchange.File) error {
	allowed, text, err := readAllowed(i.read)
	if err != nil {
		return err
	}
	fault, unknown := signerFault(allowed, file, i.now)
	if !unknown {
		if fault != "" {
			return hint.Errorf("find out who sent the file first; "+
				i.ws.Path(layout.AllowedSigners())+" lists the accepted signers",
				"signed with %s: %s", file.Fingerprint(), fault)
		}
		return nil
	}
	if err := i.in.Accept(file.From, file.Fingerprint()); err != nil {
		return err
	}
	for _, line := range allowed {
		if slices.Contains(line.Principals, file.From) {
			i.in.Log.Warn("remove its line if the site no longer uses it",
				"%s: %s also signs for %s", i.ws.Path(layout.AllowedSigners()), line.Fingerprint(), file.From)
		}
	}
	i.plan(layout.AllowedSigners(), allow(i.ws, text, file))
	i.info(layout.AllowedSigners(), "signer of site "+file.From+", "+file.Fingerprint())
	return nil
}

// order rejects a file older than the site's last one, and reports whether it is that file.
func (i *intake) order(file exchange.File) (same bool, err error) {
	if ahead := time.UnixMicro(file.Serial).Sub(i.now); ahead > skew {
		i.in.Log.Warn("compare the clocks of both sites; later files with a lower number require --accept-older "+file.From,
			"the serial number of %s is %s ahead of the clock here", file.From, ahead.Round(time.Second))
	}
	last, known := i.state.Spec.Sites[file.From]
	switch {
	case !known || file.Serial > last.Serial:
		return false, nil
	case file.Serial == last.Serial && file.Digest == last.SHA256:
		return true, nil
	case slices.Contains(i.in.AcceptOlder, file.From):
		return false, nil
	case file.Serial == last.Serial:
		return false, fmt.Errorf("another file with serial number %d was imported before", file.Serial)
	}
	return false, hint.Errorf("import the newest file of the site; if its clock was ahead before, import the newest "+
		"one with --accept-older "+file.From,
		"the file is older than the last one of %s: serial number %d, but %d was already imported",
		file.From, file.Serial, last.Serial)
}

// items imports the items in the order of their kinds: certificates need roots, requests need generations.
func (i *intake) items(items []exchange.Item) error {
	take := map[exchange.ItemKind]func(exchange.Item) error{
		exchange.ItemFacts:              i.takeFacts,
		exchange.ItemRoots:              i.takeRoots,
		exchange.ItemSigningRequest:     i.takeSigningRequest,
		exchange.ItemSigningCertificate: i.takeSigningCertificate,
		exchange.ItemGenerations:        i.takeGenerations,
		exchange.ItemClientRequest:      i.takeClientRequest,
		exchange.ItemClientCertificate:  i.takeClientCertificate,
		exchange.ItemToken:              i.takeToken,
	}
	var errs []error
	for _, kind := range exchange.ItemKinds() {
		for _, item := range items {
			if item.Kind == kind {
				errs = append(errs, take[kind](item))
			}
		}
	}
	return errors.Join(errs...)
}

// speaksFor rejects the site's statements about other sites' clusters.
func (i *intake) speaksFor(cluster, what string) error {
	if _, err := i.cluster(cluster, what); err != nil {
		return err
	}
	if err := speaksFor(i.site, i.ws.Doc.Mesh.Spec, cluster, what); err != nil {
		return err
	}
	if !slices.Contains(i.clusters, cluster) {
		return fmt.Errorf("%s: the file does not list %s in its clusters", what, cluster)
	}
	return nil
}

func (i *intake) cluster(name, what string) (*v1alpha1.Cluster, error) {
	cluster, known := i.ws.Graph.Cluster(name)
	if !known {
		return nil, fmt.Errorf("%s: %s is not a cluster of %s", what, name, i.ws.Name)
	}
	return cluster, nil
}

func speaksFor(site v1alpha1.Site, spec v1alpha1.MeshSpec, cluster, what string) error {
	if site.SpeaksFor(cluster) {
		return nil
	}
	remedy := "no site of spec.sites speaks for " + cluster
	if owner, known := spec.SiteOf(cluster); known {
		remedy = "site " + owner.Name + " speaks for " + cluster
	}
	return hint.Errorf(remedy, "%s: site %s does not speak for %s", what, site.Name, cluster)
}

// read returns a file as the import would leave it; nil if it does not exist.
func (i *intake) read(name string) ([]byte, error) {
	if content, planned := i.planned[name]; planned {
		return content, nil
	}
	return i.ws.ReadOptional(name)
}

// plan registers a file to write.
func (i *intake) plan(name string, content []byte) {
	if _, again := i.planned[name]; again {
		for at := range i.writes {
			if i.writes[at].name == name {
				i.writes[at].content = content
			}
		}
		i.planned[name] = content
		return
	}
	before, _ := i.ws.ReadOptional(name) // it was read before
	i.planned[name] = content
	i.writes = append(i.writes, planned{name: name, before: before, content: content})
}

func (i *intake) info(file, what string) {
	i.done.Items = append(i.done.Items, Written{File: i.ws.Path(file), What: what})
}

// record returns the state after the import.
func (i *intake) record(now mesh.State) (mesh.State, error) {
	for name, site := range i.state.Spec.Sites {
		now = now.WithSite(name, site)
	}
	for pair, generations := range i.current {
		recorded := now.Cluster(pair.Target)
		workspace.Record(&recorded, pair.Consumer, generations)
		now = now.With(pair.Target, recorded)
	}
	return now, nil
}
