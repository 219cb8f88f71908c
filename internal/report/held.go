package report

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Held names the files that cannot be rendered yet, a line for each missing input, with the next step.
func Held(tell hint.Tell, held []render.Held, path func(render.Held) string) {
	for line := range render.Lines(held, path) {
		tell.Warn(line.Next, "held back: %s", line.Text)
	}
}

// HeldObjects does so for a stream, which has no files.
func HeldObjects(tell hint.Tell, held []render.Held) { Held(tell, held, render.Held.Names) }
