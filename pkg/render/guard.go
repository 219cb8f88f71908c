package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// guard keeps credentials out of public output. None should get this far, but annotations, certificate authorities and
// facts contain whatever users paste.
type guard struct{ scanner *leaks.Scanner }

func newGuard() guard { return guard{scanner: leaks.New()} }

// files rejects files of the reviewed tree that contain a credential.
func (g guard) files(files []layout.File) error {
	var found []leaks.Finding
	for _, file := range files {
		found = append(found, g.scanner.Scan(file.Path, file.Content)...)
	}
	return leaks.Refuse(found)
}

// CheckPublic rejects an overlay with a credential in a manifest that is not marked Secret. The error names files of
// the reviewed tree.
func (o Overlay) CheckPublic() error {
	var files []layout.File
	for _, m := range o.Manifests {
		if m.Secret {
			continue
		}
		text, err := m.text()
		if err != nil {
			return err
		}
		files = append(files, layout.File{Path: layout.OverlayFile(o.Cluster, m.File), Content: text})
	}
	return newGuard().files(files)
}

// streamGuard scans the objects of a stream while they are encoded.
type streamGuard struct {
	guard
	secret map[Object]bool // objects whose manifests may contain a credential
	found  []leaks.Finding
}

func (o Overlay) newStreamGuard() *streamGuard {
	g := &streamGuard{guard: newGuard(), secret: map[Object]bool{}}
	for _, object := range o.Secrets() {
		g.secret[object] = true
	}
	return g
}

func (g *streamGuard) look(object Object, text []byte) {
	if !g.secret[object] {
		g.found = append(g.found, g.scanner.Scan(*object.GetKind()+" "+*object.GetName(), text)...)
	}
}

// refuse reports files of the tree, where users can find the lines; a stream has none.
func (g *streamGuard) refuse(o Overlay) error {
	if len(g.found) == 0 {
		return nil
	}
	if err := o.CheckPublic(); err != nil {
		return err
	}
	return leaks.Refuse(g.found)
}
