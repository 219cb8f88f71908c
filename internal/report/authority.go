package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Certificates prints the table of certificates, and below it what does not fit.
func Certificates(w io.Writer, format string, r authority.Report) error {
	if format != "" {
		return Document(w, format, "CertificateList", r)
	}
	table := newTable(terminal.LookOf(w), 3, "CLUSTER", "STATE", "EXPIRES", "KEY", "GENERATION", "SUBJECT", "ISSUER")
	for _, line := range r.Roots {
		table.row(certificateCells(line, "(root)")...)
	}
	for _, line := range r.Clusters {
		table.row(certificateCells(line, line.Cluster)...)
	}
	var text strings.Builder
	text.WriteString(table.String())
	for _, line := range r.Roots {
		text.WriteString("root SHA-256 " + line.SHA256 + "\n")
	}
	for _, line := range r.Clusters {
		if line.Reason != "" {
			text.WriteString(line.Cluster + ": " + line.Reason + "\n")
		}
	}
	if r.Phase != trust.PhaseSteady {
		text.WriteString("the root is being rotated: phase " + string(r.Phase) + "\n")
	}
	for _, line := range r.Clusters {
		if phase := line.RootPhase; phase != nil && phase.Until != nil {
			until := authority.Minute(*phase.Until)
			text.WriteString(line.Cluster + ": phase " + phase.Phase + " is complete at " + until + "\n")
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func certificateCells(l authority.Line, name string) []string {
	if l.State == "missing" {
		return []string{name, l.State, "-", "-", "-", "-", "-"}
	}
	return []string{
		name, l.State, l.NotAfter.Format(time.DateOnly), l.Algorithm, strconv.Itoa(l.Generation), l.Subject, l.Issuer,
	}
}
