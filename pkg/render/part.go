package render

import (
	"bytes"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// A file about several peers has a part for each, so that a new peer changes only one file of each other cluster. A
// part that cannot be rendered yet is held back alone; the text of an earlier rendering stays in the file among the
// other parts.

// PartKey identifies a held part by its file in the tree and its object.
type PartKey struct{ File, Kind, Name string }

// Key of a held part; false if the whole file is held back.
func (h Held) Key() (PartKey, bool) {
	if h.Peer == "" || len(h.Objects) == 0 {
		return PartKey{}, false
	}
	return keyOf(h.File, inFile(h.Objects)), true
}

// inFile returns the object that the file contains, the last of those that it results in.
func inFile(objects []Object) Object { return objects[len(objects)-1] }

func keyOf(file string, object Object) PartKey {
	return PartKey{File: file, Kind: *object.GetKind(), Name: *object.GetName()}
}

// heldPart returns the part of a file about a peer that cannot be rendered yet.
func (c compiler) heldPart(file string, peer *v1alpha1.Cluster, missing *Missing, objects []Object) Manifest {
	key := keyOf(layout.OverlayFile(c.cluster.Name, file), inFile(objects))
	return Manifest{File: file, Peer: peer.Name, Missing: missing, Objects: objects, Kept: c.Kept[key]}
}

// Parts returns the parts of a file that an earlier rendering wrote, by the objects that they contain.
func Parts(file string, text []byte) map[PartKey][]byte {
	parts := map[PartKey][]byte{}
	for _, part := range bytes.Split(bytes.TrimPrefix(text, []byte(header)), []byte("\n---\n")) {
		var object struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := yaml.Unmarshal(part, &object); err != nil || object.Kind == "" {
			continue // not written by a rendering
		}
		part = append(bytes.TrimSuffix(part, []byte("\n")), '\n')
		parts[PartKey{File: file, Kind: object.Kind, Name: object.Metadata.Name}] = part
	}
	return parts
}
