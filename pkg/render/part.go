package render

import (
	"bytes"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// A file that is about many peers has a part for each of them, so that a peer that joins changes one file of each other
// cluster. A part that cannot be rendered yet is held back alone: what an earlier rendering wrote of it stays in the
// file, among the parts of the other peers.

// PartKey is the identity of a part that is held back: its file in the tree, and the object that it holds.
type PartKey struct{ File, Kind, Name string }

// Key of a part that is held back; false where the whole file is.
func (h Held) Key() (PartKey, bool) {
	if h.Peer == "" || len(h.Objects) == 0 {
		return PartKey{}, false
	}
	return keyOf(h.File, inFile(h.Objects)), true
}

// inFile is the object that a part of a file holds, of those that a cluster gets by it: the last one.
func inFile(objects []Object) Object { return objects[len(objects)-1] }

func keyOf(file string, object Object) PartKey {
	return PartKey{File: file, Kind: *object.GetKind(), Name: *object.GetName()}
}

// heldPart is the part of a file that is about one peer and cannot be rendered yet.
func (c compiler) heldPart(file string, peer *v1alpha1.Cluster, missing *Missing, objects []Object) Manifest {
	key := keyOf(layout.OverlayFile(c.cluster.Name, file), inFile(objects))
	return Manifest{File: file, Peer: peer.Name, Missing: missing, Objects: objects, Kept: c.Kept[key]}
}

// Parts finds parts of a file that an earlier rendering wrote, by the objects that they hold.
func Parts(file string, text []byte) map[PartKey][]byte {
	parts := map[PartKey][]byte{}
	for _, part := range bytes.Split(bytes.TrimPrefix(text, []byte(header)), []byte("\n---\n")) {
		var object struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := yaml.Unmarshal(part, &object); err != nil || object.Kind == "" {
			continue // nothing that a rendering writes
		}
		part = append(bytes.TrimSuffix(part, []byte("\n")), '\n')
		parts[PartKey{File: file, Kind: object.Kind, Name: object.Metadata.Name}] = part
	}
	return parts
}
