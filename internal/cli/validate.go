package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/seal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

type validateOptions struct {
	System
	filename string
	output   string
	secrets  bool
	paths    []string
	identity []string
}

func newValidate(system System, runF func(*validateOptions) error) *cobra.Command {
	o := &validateOptions{System: system}
	cmd := &cobra.Command{
		Use:   "validate [-f mesh.yaml | --secrets [PATH]...]",
		Short: "Check mesh.yaml and everything beside it, offline",
		Long: `Check mesh.yaml, the facts in clusters/ and the certificate authorities, offline. Every
problem is reported at once, with its line, its field and a remedy. Of credentials only the end is
looked at: render names those that are missing. Where the address of an API server of GKE was chosen, it is
printed with the reason.

With --identity what is in sealed/ is opened, in memory, and compared with what its annotations
say; a file that this identity does not open is named, because nothing is proven of it.

It exits 0 when nothing in these files stops a rendering, 2 when something does, and 3 when the mesh is
incomplete: an address, a certificate or a fact is missing, and holds back the files that need it.

With --secrets it looks for tokens, private keys and age identities instead, in the open or in
base64: in the files and folders that are named, else in the folder of mesh.yaml. There it reads
what git has or would take; without git, all but credentials/. It also tells of credentials that
git tracks, and that others may read. Links and binary files are passed by. What it finds is said
by place and fingerprint; it then exits 1.`,
		Example: `  kubectl mesh validate

  # Is there a credential in what would be committed?
  kubectl mesh validate --secrets
  kubectl mesh validate --secrets deploy/ clusters/east.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.paths = args
			}
			return start(cmd.Context(), o, runF)
		},
	}
	cmd.Flags().BoolVar(&o.secrets, "secrets", false, "look for credentials in what git has or would take, or in the paths that are named")
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml", "sarif")
	addIdentity(cmd, &o.identity)
	return cmd
}

func (o *validateOptions) Validate() error {
	if len(o.paths) > 0 && !o.secrets {
		return verdict.Inputf("name the mesh file with -f, or look for credentials with --secrets", "kubectl mesh validate takes no argument, got %q", o.paths[0])
	}
	if o.secrets && len(o.identity) > 0 {
		return verdict.Inputf("run them one after the other", "--secrets and --identity ask different things")
	}
	return checkOutput(o.output, "", "json", "yaml", "sarif")
}

func (o *validateOptions) Run(ctx context.Context) error {
	if o.secrets {
		return o.runSecrets(ctx)
	}
	return o.runFiles(ctx)
}

// runFiles checks mesh.yaml and what is beside it.
func (o *validateOptions) runFiles(ctx context.Context) error {
	keys, err := seal.ReadIdentities(o.interrupt.context(), o.identity)
	if err != nil {
		return err
	}
	ws, problems, err := workspace.Read(ctx, o.source(o.filename))
	if err != nil {
		return err
	}
	defer ws.Close()
	proven := 0
	if ws.Graph != nil {
		ws.Now = time.Now()
		if problems, proven, err = ws.CheckAll(keys); err != nil {
			return err
		}
	}
	if o.output != "" {
		return o.printData(ws, problems)
	}
	if mesh.Stop(problems) {
		return &workspace.Problems{Name: ws.Name, List: problems, Rest: workspace.ListAll(o.filename)}
	}
	terminal.Problems(o.ErrOut, problems, workspace.ListAll(o.filename))
	incomplete := mesh.Incomplete(problems)
	if _, err = fmt.Fprintf(o.Out, "%s is %s: mesh %s, %s, %s\n", ws.Name, quality(incomplete), ws.Doc.Mesh.Metadata.Name,
		terminal.Count(len(ws.Doc.Mesh.Spec.Clusters), "cluster"), terminal.Count(ws.Graph.CountLinks(), "link")); err != nil {
		return err
	}
	if !keys.IsZero() {
		if _, err = fmt.Fprintln(o.Out, terminal.Count(proven, "sealed file")+" proven to be what the annotations say"); err != nil {
			return err
		}
	}
	return cmp.Or(report.Addresses(o.Out, report.NewAddresses(ws.Graph)), verdict.IncompleteIf(incomplete))
}

// quality says what nothing of error level leaves open.
func quality(incomplete bool) string {
	if incomplete {
		return "valid, but incomplete"
	}
	return "valid"
}

// printData prints all problems as data, waived ones too.
func (o *validateOptions) printData(ws *workspace.Workspace, problems []mesh.Problem) error {
	var addresses []report.Address
	if ws.Graph != nil {
		addresses = report.NewAddresses(ws.Graph)
	}
	if err := report.Problems(o.Out, o.output, problems, addresses); err != nil {
		return err
	}
	if mesh.Stop(problems) {
		return verdict.Input(errors.New((&workspace.Problems{Name: ws.Name, List: problems}).Error()))
	}
	return verdict.IncompleteIf(mesh.Incomplete(problems))
}
