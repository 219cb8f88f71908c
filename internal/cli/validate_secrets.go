package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/scan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// runSecrets is validate --secrets.
func (o *validateOptions) runSecrets(ctx context.Context) error {
	found, err := scan.Run(ctx, scan.Input{Dir: o.directory(), Paths: o.paths, Environ: os.Environ(), Log: o.log()})
	if err != nil {
		return err
	}
	if err := o.printSecrets(found); err != nil || len(found.Problems) == 0 {
		return err
	}
	return hint.Add(fmt.Errorf("found %s in %s", terminal.Count(len(found.Problems), "credential"),
		terminal.Count(found.Files, "scanned file")),
		"remove each one, and treat committed ones as compromised: kubectl mesh describe link shows how to revoke a "+
			"credential")
}

// directory returns that of mesh.yaml, which need not exist.
func (o *validateOptions) directory() string {
	if o.filename == "-" {
		return "."
	}
	return filepath.Dir(o.filename)
}

func (o *validateOptions) printSecrets(found scan.Found) error {
	if o.output != "" {
		return report.Problems(o.Out, o.output, found.Problems, nil)
	}
	return report.Secrets(o.Out, o.ErrOut, found)
}
