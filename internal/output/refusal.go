package output

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

const (
	hintForce   = "save what you need from these files, then run again with --force"
	hintRestore = "restore this file as it was rendered, as with git checkout -- FILE; or supply what is missing, and " +
		"run again; or delete the file to lose it"
	hintMove = "move it to another directory: kubectl mesh does not remove it, even with --force"
)

// refusal is one path that keeps a run from doing anything.
type refusal struct {
	path   string
	reason string
	remedy string
}

func (p *plan) refuse(path, reason, remedy string) {
	p.refusals = append(p.refusals, refusal{path: path, reason: reason, remedy: remedy})
}

// refuseExposed refuses a directory in which others could replace a secret.
func (p *plan) refuseExposed(path string, info fs.FileInfo) {
	if !p.opts.Private {
		return
	}
	if reason, remedy := disk.Exposure(info, filepath.Join(p.dir, filepath.FromSlash(path))); reason != "" {
		p.refuse(path, reason, remedy)
	}
}

// refusal is one error with all that is in the way, or nil.
func (p *plan) refusal() error {
	if len(p.refusals) == 0 {
		return nil
	}
	slices.SortFunc(p.refusals, func(a, b refusal) int { return strings.Compare(a.path, b.path) })
	lines := []string{"1 path conflicts; nothing was written"}
	if n := len(p.refusals); n > 1 {
		lines[0] = fmt.Sprintf("%d paths conflict; nothing was written", n)
	}
	var remedies []string
	for _, r := range p.refusals {
		lines = append(lines, "  "+r.path+": "+r.reason)
		remedies = append(remedies, r.remedy)
	}
	return hint.Add(errors.New(strings.Join(lines, "\n")), remedies...)
}
