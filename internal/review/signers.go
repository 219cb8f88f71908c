package review

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

// signersOf returns the keys that sign exchange files. An import rejects the whole file because of one invalid line.
func signersOf(ws *workspace.Public, text []byte) ([]changes.Signer, error) {
	lines, err := sshsig.ParseAllowed(text)
	if err != nil {
		return nil, verdict.Inputf("correct the line", "read %s: %w", ws.Path(layout.AllowedSigners()), err)
	}
	return merged(lines), nil
}

// merged returns each key of each site once: several lines for a key are several limits.
func merged(lines []sshsig.Allowed) []changes.Signer {
	var all []changes.Signer
	for _, line := range lines {
		for _, site := range line.Principals {
			same := func(s changes.Signer) bool { return s.Site == site && s.Fingerprint == line.Fingerprint() }
			if i := slices.IndexFunc(all, same); i >= 0 {
				all[i].Limits = append(all[i].Limits, limitsOf(line))
				continue
			}
			all = append(all, changes.Signer{Site: site, Fingerprint: line.Fingerprint(), Limits: []string{limitsOf(line)},
				Line: int32(line.Line)}) //nolint:gosec // the file has fewer lines
		}
	}
	return all
}

// limitsOf formats the limits of a line.
func limitsOf(line sshsig.Allowed) string {
	limits := []string{"every namespace"}
	if len(line.Namespaces) > 0 {
		limits[0] = "namespaces " + strings.Join(line.Namespaces, ", ")
	}
	if !line.ValidAfter.IsZero() {
		limits = append(limits, "valid from "+line.ValidAfter.UTC().Format(time.RFC3339))
	}
	if !line.ValidBefore.IsZero() {
		limits = append(limits, "valid until "+line.ValidBefore.UTC().Format(time.RFC3339))
	}
	return strings.Join(limits, ", ")
}
