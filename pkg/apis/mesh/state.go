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

// State is what commands have recorded: verified clusters and valid credentials. No other file can set it.
type State struct {
	v1alpha1.TypeMeta `json:",inline"`
	Spec              StateSpec `json:"spec"`
}

// StateSpec has an entry for each cluster with recorded state.
type StateSpec struct {
	Clusters map[string]ClusterState `json:"clusters,omitempty"`
	// Sites have an entry for each site with an imported exchange file.
	Sites map[string]SiteState `json:"sites,omitempty"`
}

// SiteState is the last imported exchange file of a site. Older ones are rejected, and the same one changes nothing.
type SiteState struct {
	Serial int64  `json:"serial"`
	SHA256 string `json:"sha256"`
}

// ClusterState is the recorded state of a cluster. mesh.yaml takes precedence.
type ClusterState struct {
	// UID of namespace kube-system, recorded when the cluster was verified.
	UID string `json:"uid,omitempty"`
	// ReaderGenerations and RevokedReaders are those of v1alpha1.ClusterSpec.
	ReaderGenerations map[string][]int32 `json:"readerGenerations,omitempty"`
	RevokedReaders    map[string]int32   `json:"revokedReaders,omitempty"`
	// RootPhase is the phase of a root rotation in the cluster.
	RootPhase *RootPhase `json:"rootPhase,omitempty"`
}

// RootPhase is a phase of a root rotation, as applied to a cluster.
type RootPhase struct {
	// Phase is trust or sign, Root the SHA-256 of the new root.
	Phase string `json:"phase"`
	Root  string `json:"root"`
	// Applied is when the phase was applied to the cluster, and Until when all of its workloads have it; nil if
	// unknown.
	Applied *time.Time `json:"applied,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// stateHeader is the first line of the file.
const stateHeader = "# Written by kubectl mesh: verified clusters and valid credential generations. Commit it, do " +
	"not edit it.\n"

// Encode returns the text of the file. The same state has the same bytes.
func (s State) Encode() ([]byte, error) {
	s.TypeMeta = v1alpha1.TypeMeta{APIVersion: v1alpha1.APIVersion, Kind: KindState}
	text, err := yaml.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode state: %w", err)
	}
	return append([]byte(stateHeader), text...), nil
}

// Cluster returns the recorded state of a cluster, which can be changed.
func (s State) Cluster(name string) ClusterState {
	recorded := s.Spec.Clusters[name]
	recorded.ReaderGenerations = maps.Clone(recorded.ReaderGenerations)
	recorded.RevokedReaders = maps.Clone(recorded.RevokedReaders)
	return recorded
}

// With returns the state with another record of a cluster.
func (s State) With(name string, recorded ClusterState) State {
	clusters := maps.Clone(s.Spec.Clusters)
	if clusters == nil {
		clusters = map[string]ClusterState{}
	}
	clusters[name] = recorded
	s.Spec.Clusters = clusters
	return s
}

// WithSite returns the state with another record of a site.
func (s State) WithSite(name string, imported SiteState) State {
	sites := maps.Clone(s.Spec.Sites)
	if sites == nil {
		sites = map[string]SiteState{}
	}
	sites[name] = imported
	s.Spec.Sites = sites
	return s
}

// ParseState parses the text of the file: known keys only, without duplicates, and nothing that two parsers could
// interpret differently.
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
			return State{}, fmt.Errorf("%s: not a record of an exchange file", strict.At("spec.sites", name))
		}
	}
	if state.APIVersion != v1alpha1.APIVersion || state.Kind != KindState {
		return State{}, fmt.Errorf("not a %s of %s", KindState, v1alpha1.APIVersion)
	}
	return state, nil
}

// check rejects what no command records. Otherwise the problem would appear to be in mesh.yaml.
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

// readState reads the recorded state.
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

// State returns the recorded state, and the text of the file; nil if there is none.
func (d *Document) State() (State, []byte) { return d.state, d.stateText }

// fillCluster sets the recorded state of a cluster in fields that mesh.yaml does not set.
func fillCluster(cluster *v1alpha1.Cluster, recorded ClusterState) {
	if cluster.UID == "" {
		cluster.UID = recorded.UID
	}
	for reader, generations := range recorded.ReaderGenerations {
		if _, declared := cluster.ReaderGenerations[reader]; !declared {
			if cluster.ReaderGenerations == nil {
				cluster.ReaderGenerations = map[string][]int32{}
			}
			cluster.ReaderGenerations[reader] = generations
		}
	}
	for reader, generation := range recorded.RevokedReaders {
		if _, declared := cluster.RevokedReaders[reader]; !declared {
			if cluster.RevokedReaders == nil {
				cluster.RevokedReaders = map[string]int32{}
			}
			cluster.RevokedReaders[reader] = generation
		}
	}
}
