package mesh

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Where finds the file and the line of a field: in mesh.yaml, in the facts of its cluster, or in the recorded state.
// A field that is in none of them has the line of its parent. A certificate authority is found in either form, and an
// inherited value where the mesh sets it.
func (d *Document) Where(field string) (file string, line int) {
	const authority = ".certificateAuthority"
	p := Problem{Field: field}
	before, isAuthority := strings.CutSuffix(field, authority)
	if isAuthority && !d.has(field) && d.has(before+authority+"Data") {
		p.Field = field + "Data"
	}
	if at, line, recorded := d.recorded(p.Field); recorded {
		return at, line
	}
	if wide, inherited := d.inherited(p.Field); inherited {
		p.Field = wide
	}
	d.locate(&p, d.trees.of)
	return p.File, p.Line
}

// has reports whether mesh.yaml or the facts of the cluster contain a field.
func (d *Document) has(field string) bool {
	root := d.trees.of(d.source.Name, d.source.Text)
	way := steps(field)
	if _, found := find(root, way); found == len(way) {
		return true
	}
	name, rest, ok := inCluster(root, field)
	if !ok || d.facts[name] == nil {
		return false
	}
	_, spec := child(d.trees.of(layout.Facts(name), d.facts[name]), "spec")
	_, found := find(spec, rest)
	return found == len(rest)
}

// recorded finds fields that only the state contains.
func (d *Document) recorded(field string) (file string, line int, ok bool) {
	name, rest, ok := inCluster(d.trees.of(d.source.Name, d.source.Text), field)
	if !ok || d.stateText == nil || d.has(field) {
		return "", 0, false
	}
	way := append([]string{"spec", "clusters", name}, rest...)
	line, found := find(d.trees.of(layout.State(), d.stateText), way)
	return layout.State(), line, found == len(way)
}

// inherited is the field of the mesh from which a cluster inherits a value that it does not set.
func (d *Document) inherited(field string) (wide string, ok bool) {
	_, rest, ok := inCluster(d.trees.of(d.source.Name, d.source.Text), field)
	if !ok || len(rest) == 0 || d.has(field) {
		return "", false
	}
	switch rest[0] {
	case "istio", "reader", "sealing":
		wide = "spec." + strings.Join(rest, ".")
	case "trustDomain":
		wide = "spec.trust.domain"
	}
	return wide, wide != "" && d.has(wide)
}
