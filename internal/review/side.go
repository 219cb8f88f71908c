package review

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// side is one of the two meshes, with what it renders from. The zero side is no mesh at all.
type side struct {
	changes.Side
	input render.Input
	// refused is why no import believes any signer.
	refused error
}

// newSide says what a mesh means, and what the rules find in it.
func newSide(ws *workspace.Public) (side, error) {
	meaning, files, err := ws.SummaryWithSealed()
	if err != nil {
		return side{}, err
	}
	sealed, err := sealedFiles(files)
	if err != nil {
		return side{}, err
	}
	text, err := ws.AllowedSigners()
	if err != nil {
		return side{}, fmt.Errorf("read allowed signers: %w", err)
	}
	signers, refused := signersOf(ws, text)
	// The rules look at what is sealed too, which the summary has read.
	return side{
		Side: changes.Side{Summary: meaning, Mesh: ws.Doc.Mesh, Problems: ws.Check(nil), Where: ws.Doc.Where,
			Sealed: sealed, Signers: signers},
		input: render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles}, refused: refused,
	}, nil
}

// sealedFiles are what is sealed, as a digest and the facts that are written beside it.
func sealedFiles(files map[string]*sealing.File) ([]changes.Sealed, error) {
	var all []changes.Sealed
	for _, name := range slices.Sorted(maps.Keys(files)) {
		digest, err := files[name].Digest()
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", name, err)
		}
		all = append(all, changes.Sealed{
			File:    name,
			Cluster: path.Base(path.Dir(name)),
			Digest:  digest,
			Facts:   factTexts(files[name].Description()),
		})
	}
	return all, nil
}

func factTexts(facts map[string]string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		all = append(all, strings.TrimPrefix(name, sealing.Prefix)+": "+facts[name])
	}
	return all
}
