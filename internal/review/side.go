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

// side is one of the two meshes, with the input of its rendering. The zero side is no mesh.
type side struct {
	changes.Side
	input render.Input
	// refused explains why imports would reject every signer.
	refused error
}

// newSide returns the summary and the findings of a mesh.
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
	// The rules also check sealed files, which the summary has read.
	return side{
		Side: changes.Side{Summary: meaning, Mesh: ws.Doc.Mesh, Problems: ws.Check(nil), Where: ws.Doc.Where,
			Sealed: sealed, Signers: signers},
		input: render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles}, refused: refused,
	}, nil
}

// sealedFiles returns sealed files as a digest and the facts next to the ciphertext.
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
