package mesh

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// KindState is the kind of .kubectl-mesh/state.yaml.
const KindState = "State"

// State is what commands of the workspace's owner have recorded, and no other source may say: which
// clusters were proven, and which credentials count.
type State struct {
	v1alpha1.TypeMeta `json:",inline"`
	Spec              StateSpec `json:"spec"`
}

// StateSpec has an entry for each cluster of which something was recorded.
type StateSpec struct {
	Clusters map[string]ClusterState `json:"clusters,omitempty"`
	// Sites are those of which an exchange file was imported.
	Sites map[string]SiteState `json:"sites,omitempty"`
}

// SiteState is the last exchange file of a site that was imported: no older one is taken, and the same one changes
// nothing.
type SiteState struct {
	Serial int64  `json:"serial"`
	SHA256 string `json:"sha256"`
}

// ClusterState is what was recorded of one cluster. mesh.yaml wins where it says the same.
type ClusterState struct {
	// UID of the cluster's namespace kube-system, pinned when it was proven.
	UID string `json:"uid,omitempty"`
	// ReaderGenerations and RevokedReaders are those of v1alpha1.ClusterSpec.
	ReaderGenerations map[string][]int32 `json:"readerGenerations,omitempty"`
	RevokedReaders    map[string]int32   `json:"revokedReaders,omitempty"`
	// RootPhase is how far a rotation of the root has come in the cluster.
	RootPhase *RootPhase `json:"rootPhase,omitempty"`
}

// RootPhase is a phase of a rotation of the root, as it was applied to a cluster.
type RootPhase struct {
	// Phase is trust or sign, Root the SHA-256 of the new root.
	Phase string `json:"phase"`
	Root  string `json:"root"`
	// Applied is when the phase came to the cluster, Until when its workloads have it; nil: it was not seen there yet.
	Applied *time.Time `json:"applied,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// stateHeader begins the file.
const stateHeader = "# Written by kubectl mesh: verified clusters and valid credential generations. Commit it, do " +
	"not edit it.\n"

// Encode is the text of the file. Same state, same bytes.
func (s State) Encode() ([]byte, error) {
	s.TypeMeta = v1alpha1.TypeMeta{APIVersion: v1alpha1.APIVersion, Kind: KindState}
	text, err := yaml.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode state: %w", err)
	}
	return append([]byte(stateHeader), text...), nil
}

// Cluster returns what was recorded of a cluster; it can be changed.
func (s State) Cluster(name string) ClusterState {
	recorded := s.Spec.Clusters[name]
	recorded.ReaderGenerations = maps.Clone(recorded.ReaderGenerations)
	recorded.RevokedReaders = maps.Clone(recorded.RevokedReaders)
	return recorded
}

// With is the state with another record of a cluster.
func (s State) With(name string, recorded ClusterState) State {
	clusters := maps.Clone(s.Spec.Clusters)
	if clusters == nil {
		clusters = map[string]ClusterState{}
	}
	clusters[name] = recorded
	s.Spec.Clusters = clusters
	return s
}

// WithSite is the state with another record of a site.
func (s State) WithSite(name string, imported SiteState) State {
	sites := maps.Clone(s.Spec.Sites)
	if sites == nil {
		sites = map[string]SiteState{}
	}
	sites[name] = imported
	s.Spec.Sites = sites
	return s
}

// ParseState reads the text of the file: exactly the known keys, each once, and nothing that two readers could
// take for two things.
func ParseState(text []byte) (State, error) {
	var state State
	if err := strict.YAML(text, &state, strict.ManyLines); err != nil {
		return State{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(state.Spec.Clusters)) {
		if err := state.Spec.Clusters[name].check(name); err != nil {
			return State{}, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(state.Spec.Sites)) {
		site := state.Spec.Sites[name]
		if len(validation.IsDNS1123Label(name)) > 0 || site.Serial < 1 || len(site.SHA256) != 64 {
			return State{}, fmt.Errorf("%s: it is no record of an exchange file", strict.At("spec.sites", name))
		}
	}
	if state.APIVersion != v1alpha1.APIVersion || state.Kind != KindState {
		return State{}, fmt.Errorf("not a %s of %s", KindState, v1alpha1.APIVersion)
	}
	return state, nil
}

// check refuses what no command of ours records. A problem that shows only beside mesh.yaml would be taken for one of
// mesh.yaml.
func (c ClusterState) check(name string) error {
	at := strict.At("spec.clusters", name)
	if len(validation.IsDNS1123Label(name)) > 0 {
		return fmt.Errorf("%s: %s is not a cluster name", at, quoted(name))
	}
	if c.UID != "" && !v1alpha1.IsUID(c.UID) {
		return fmt.Errorf("%s.uid: %s is not a UID", at, quoted(c.UID))
	}
	for _, reader := range slices.Sorted(maps.Keys(c.ReaderGenerations)) {
		field := strict.At(at+".readerGenerations", reader)
		if err := checkGenerations(field, reader, c.ReaderGenerations[reader]...); err != nil {
			return err
		}
	}
	for _, reader := range slices.Sorted(maps.Keys(c.RevokedReaders)) {
		if err := checkGenerations(strict.At(at+".revokedReaders", reader), reader, c.RevokedReaders[reader]); err != nil {
			return err
		}
	}
	return nil
}

func checkGenerations(at, reader string, generations ...int32) error {
	if len(validation.IsDNS1123Label(reader)) > 0 {
		return fmt.Errorf("%s: %s is not a cluster name", at, quoted(reader))
	}
	for _, generation := range generations {
		if generation < 1 || generation > v1alpha1.MaxGeneration {
			return fmt.Errorf("%s: %d is not a generation, 1 to %d", at, generation, v1alpha1.MaxGeneration)
		}
	}
	return nil
}

// readState fills in what was recorded.
func (d *Document) readState(mesh *v1alpha1.Mesh) []Problem {
	if d.source.Files == nil {
		return nil
	}
	text, err := readFile(d.source.Files, layout.State())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		d.stateText = text
		d.state, err = ParseState(text)
	}
	if err != nil {
		return []Problem{{Severity: SeverityError, File: layout.State(), Message: "read state: " + reason(err),
			Hint: "restore it: git checkout -- " + layout.State()}}
	}
	for i := range mesh.Spec.Clusters {
		fillCluster(&mesh.Spec.Clusters[i], d.state.Spec.Clusters[mesh.Spec.Clusters[i].Name])
	}
	return nil
}

// State returns what was recorded, and the text of the file; nil when there is none.
func (d *Document) State() (State, []byte) { return d.state, d.stateText }

// fillCluster gives a cluster what was recorded of it, where mesh.yaml says nothing.
func fillCluster(cluster *v1alpha1.Cluster, recorded ClusterState) {
	if cluster.UID == "" {
		cluster.UID = recorded.UID
	}
	for reader, generations := range recorded.ReaderGenerations {
		if _, said := cluster.ReaderGenerations[reader]; !said {
			if cluster.ReaderGenerations == nil {
				cluster.ReaderGenerations = map[string][]int32{}
			}
			cluster.ReaderGenerations[reader] = generations
		}
	}
	for reader, generation := range recorded.RevokedReaders {
		if _, said := cluster.RevokedReaders[reader]; !said {
			if cluster.RevokedReaders == nil {
				cluster.RevokedReaders = map[string]int32{}
			}
			cluster.RevokedReaders[reader] = generation
		}
	}
}
