package exchange

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Local identifies this site.
type Local struct {
	Workspace *workspace.Workspace
	// Site is the specified name; if empty, it is determined.
	Site string
	// Reaches reports whether the kubeconfig has a context for a cluster; nil means none.
	Reaches func(*v1alpha1.Cluster) bool
}

// find determines this site: the specified one, the only one with reachable clusters, or the only one whose private
// keys are here. It excludes others. False if the result is ambiguous.
func (l Local) find(others ...string) (v1alpha1.Site, bool, error) {
	spec := l.Workspace.Doc.Mesh.Spec
	if l.Site != "" {
		site, known := spec.Site(l.Site)
		if !known {
			return site, false, verdict.Inputf("specify one of spec.sites: "+strings.Join(siteNames(spec), ", "),
				"%s has no site %q", l.Workspace.Name, l.Site)
		}
		return site, true, nil
	}
	left := slices.DeleteFunc(slices.Clone(spec.Sites), func(s v1alpha1.Site) bool {
		return slices.Contains(others, s.Name)
	})
	for _, isHere := range []func(string) bool{l.reaches, l.holdsKeys} {
		here := slices.DeleteFunc(slices.Clone(left), func(s v1alpha1.Site) bool {
			return !slices.ContainsFunc(s.Clusters, isHere)
		})
		if len(here) == 1 {
			return here[0], true, nil
		}
	}
	if len(left) == 1 {
		return left[0], true, nil
	}
	return v1alpha1.Site{}, false, nil
}

// Owns reports whether this site keeps a cluster's keys: its site in spec.sites is this one or, in a mesh without
// sites, the kubeconfig has a context for it.
func (l Local) Owns() (func(cluster string) bool, error) {
	if len(l.Workspace.Doc.Mesh.Spec.Sites) == 0 {
		if !slices.ContainsFunc(l.Workspace.Graph.Names(), l.reaches) {
			return nil, verdict.Inputf("set context: NAME for the clusters in "+l.Workspace.Name+", or name one cluster",
				"the kubeconfig has the context of no cluster of the mesh")
		}
		return l.reaches, nil
	}
	site, known, err := l.find()
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, l.unknown()
	}
	return func(cluster string) bool { return slices.Contains(site.Clusters, cluster) }, nil
}

// unknown is the error of a workspace whose site cannot be determined.
func (l Local) unknown() error {
	return verdict.Inputf("specify it: --site "+strings.Join(siteNames(l.Workspace.Doc.Mesh.Spec), "|"),
		"this site cannot be determined from the kubeconfig or from %s", l.Workspace.Path("credentials"))
}

func (l Local) reaches(name string) bool {
	cluster, known := l.Workspace.Graph.Cluster(name)
	return known && l.Reaches != nil && l.Reaches(cluster)
}

// holdsKeys reports whether a control plane's private key is here: keys stay where they are created.
func (l Local) holdsKeys(name string) bool {
	if _, err := l.Workspace.Root.Lstat(layout.SigningKey(name)); err == nil {
		return true
	}
	for target := range l.Workspace.Graph.Clusters() {
		keys, _ := fs.Glob(l.Workspace.Root.FS(), path.Join(layout.CredentialDir(target.Name, name), "client*.key"))
		if len(keys) > 0 {
			return true
		}
	}
	return false
}

func siteNames(spec v1alpha1.MeshSpec) []string {
	var names []string
	for _, site := range spec.Sites {
		names = append(names, site.Name)
	}
	slices.Sort(names)
	return names
}

// noSites is the error of a mesh without sites.
func noSites(ws *workspace.Workspace) error {
	if len(ws.Doc.Mesh.Spec.Sites) > 0 {
		return nil
	}
	return verdict.Inputf("set spec.sites: [{name: north, clusters: ["+strings.Join(ws.Graph.Names(), ", ")+"]}], "+
		"with a site for each group of clusters that are reachable from one place",
		"%s lists no sites, so no site speaks for any cluster", ws.Name)
}
