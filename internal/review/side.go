package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// newSide says what a mesh means, what the rules find in it, and what it renders to.
func newSide(ctx context.Context, ws *workspace.Public) (changes.Side, error) {
	meaning, err := ws.Summary()
	if err != nil {
		return changes.Side{}, err
	}
	side := changes.Side{Summary: meaning, Mesh: ws.Doc.Mesh, Problems: ws.Check(nil), Where: ws.Doc.Where}
	side.Objects, err = objects(ctx, render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles})
	return side, err
}

// rendered are the objects of one cluster.
type rendered struct {
	objects []changes.Object
	err     error
}

// objects are those of all clusters, each as two digests: nothing else of them is kept. What holds a credential is left
// out: a summary has all that its rest follows from, and there is one for each pair of clusters.
func objects(ctx context.Context, in render.Input) ([]changes.Object, error) {
	var all []changes.Object
	for _, one := range parallel.InOrder(ctx, in.Graph.Names(), func(_ context.Context, cluster string) rendered { return objectsOf(in, cluster) }) {
		if one.err != nil {
			return nil, one.err
		}
		all = append(all, one.objects...)
	}
	return all, ctx.Err()
}

func objectsOf(in render.Input, cluster string) rendered {
	overlay, err := render.Compile(in, cluster, render.Options{})
	if err != nil {
		return rendered{err: err}
	}
	var found []changes.Object
	for _, manifest := range overlay.Manifests {
		for _, object := range manifest.Objects {
			one, err := digest(object)
			if err != nil {
				return rendered{err: err}
			}
			one.Cluster, one.File = cluster, manifest.File
			found = append(found, one)
		}
	}
	return rendered{objects: found}
}

func digest(object render.Object) (changes.Object, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return changes.Object{}, err
	}
	name := *object.GetKind() + " " + *object.GetName()
	if namespace := object.GetNamespace(); namespace != nil && *namespace != "" {
		name = *object.GetKind() + " " + *namespace + "/" + *object.GetName()
	}
	return changes.Object{Name: name, Digest: sum(text), Unlabelled: sum(withoutLabels(text))}, nil
}

func sum(text []byte) string {
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:])
}

// withoutLabels takes the labels of an object out of its JSON: metadata comes before everything else that has labels, and
// no label has a brace in it. Decoding it would take longer than all the rest of a review.
func withoutLabels(text []byte) []byte {
	const labels = `"labels":{`
	start := bytes.Index(text, []byte(labels))
	if start < 0 {
		return text
	}
	end := bytes.IndexByte(text[start:], '}')
	return slices.Concat(text[:start], text[start+end+1:])
}
