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
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
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
		Short: "Validate mesh.yaml and all files of the workspace, offline",
		Long: `Validate mesh.yaml, the facts in clusters/ and the CA certificates, offline. All problems are reported at
once, each with its line, field and remedy. Credentials are only checked for their expiry; render lists
missing ones. If the address of a GKE API server was selected, it is printed with the reason.

--identity decrypts the files in sealed/, in memory, and compares them with their annotations. Files that
this identity cannot decrypt are listed, because nothing is verified about them.

Exits 0 if nothing prevents rendering, 2 if something does, and 3 if the mesh is incomplete: a missing
address, certificate or fact holds back the files that require it. With --secrets, exits 1 if a
credential was found.

--secrets scans for tokens, private keys and age identities instead, plain or in base64. It reads the
specified files and directories or, by default, the files in the directory of mesh.yaml that Git tracks
or would add; without Git, all files except credentials/. It also reports credential files that Git
tracks or that other users can read. Links and binary files are skipped. Findings are printed with
location and fingerprint.`,
		Example: `  kubectl mesh validate

  # Scan files that would be committed for credentials
  kubectl mesh validate --secrets
  kubectl mesh validate --secrets deploy/ clusters/east.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.paths = args
			}
			return start(cmd.Context(), o, runF)
		},
	}
	cmd.Flags().BoolVar(&o.secrets, "secrets", false, "scan files that Git tracks or would add, or the specified paths, for credentials")
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml", "sarif")
	addIdentity(cmd, &o.identity)
	return cmd
}

func (o *validateOptions) Validate() error {
	if len(o.paths) > 0 && !o.secrets {
		return verdict.Inputf("specify the mesh file with -f, or scan for credentials with --secrets",
			"kubectl mesh validate accepts no arguments, got %q", o.paths[0])
	}
	if o.secrets && len(o.identity) > 0 {
		return verdict.Inputf("run them one after the other", "--secrets and --identity are mutually exclusive")
	}
	return checkOutput(o.output, "", "json", "yaml", "sarif")
}

func (o *validateOptions) Run(ctx context.Context) error {
	if o.secrets {
		return o.runSecrets(ctx)
	}
	return o.runFiles(ctx)
}

// runFiles checks mesh.yaml and the files next to it.
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
	what, tone := quality(incomplete)
	if err := terminal.Verdict(o.Out, tone, fmt.Sprintf("%s is %s: mesh %s, %s, %s", ws.Name, what, ws.Doc.Mesh.Metadata.Name,
		terminal.Count(len(ws.Doc.Mesh.Spec.Clusters), "cluster"), terminal.Count(ws.Graph.CountLinks(), "link"))); err != nil {
		return err
	}
	if !keys.IsZero() {
		if _, err = fmt.Fprintln(o.Out, terminal.Count(proven, "sealed file")+" verified against the annotations"); err != nil {
			return err
		}
	}
	err = cmp.Or(report.Addresses(o.Out, report.NewAddresses(ws.Graph)), verdict.IncompleteIf(incomplete))
	if !o.OutIsTerminal { // a hook, or CI
		return err
	}
	return o.next(ctx, err, o.filename, newLiveFlags(o.System), status.Known{Workspace: ws, Problems: problems})
}

// quality describes a mesh without errors.
func quality(incomplete bool) (string, terminal.Tone) {
	if incomplete {
		return "valid, but incomplete", terminal.Open
	}
	return "valid", terminal.Good
}

// printData prints all problems as data, including waived ones.
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
