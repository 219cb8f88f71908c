package report

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Held lists the files that cannot be rendered yet, a line per missing input, with the next step.
func Held(log hint.Log, held []render.Held, path func(render.Held) string) {
	for line := range render.Lines(held, path) {
		log.Warn(line.Next, "held back: %s", line.Text)
	}
}

// HeldObjects is Held for a stream, which has no files.
func HeldObjects(log hint.Log, held []render.Held) { Held(log, held, render.Held.Names) }
