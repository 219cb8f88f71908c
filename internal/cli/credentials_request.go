package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

type credentialsRequestOptions struct {
	System
	filename, from, to, out string
}

func newCredentialsRequest(system System, runF func(*credentialsRequestOptions) error) *cobra.Command {
	o := &credentialsRequestOptions{System: system}
	cmd := &cobra.Command{
		Use:   "request --from READER --to CLUSTER",
		Short: "Make the key of a reader here, and ask for its certificate",
		Long: `Make the key with which the control plane of one cluster reads another, in credentials/, where it
stays, and write a request for its certificate, READER-CLUSTER.csr. The request is public. Read its
fingerprint to whoever approves it, over another channel.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run()
		},
	}
	addFilename(cmd, &o.filename)
	cmd.Flags().StringVar(&o.from, "from", "", "the cluster whose control plane reads")
	cmd.Flags().StringVar(&o.to, "to", "", "the cluster that is read")
	cmd.Flags().StringVar(&o.out, "out", "", "the file of the request; default: READER-CLUSTER.csr beside mesh.yaml")
	for _, name := range []string{"from", "to"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeClusters(&o.filename))
	}
	return cmd
}

func (o *credentialsRequestOptions) Validate() error {
	if o.from == "" || o.to == "" {
		return verdict.Inputf("write --from READER --to CLUSTER", "name both clusters")
	}
	return nil
}

func (o *credentialsRequestOptions) Run() error {
	ws, problems, err := workspace.Open(o.source(o.filename))
	if err != nil {
		return err
	}
	defer ws.Close()
	terminal.Problems(o.ErrOut, problems, workspace.ListAll(o.filename))
	pair, err := ws.ClientPair(o.from, o.to)
	if err != nil {
		return err
	}
	file, err := o.file(ws, pair)
	if err != nil {
		return err
	}
	request, fingerprint, err := reader.Request(ws, pair, o.tell())
	if err != nil {
		return err
	}
	if err := output.WriteFile(file, request, output.FileOptions{Mode: 0o644, Force: true}); err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s\n", file)
	if _, err := fmt.Fprintln(o.Out, fingerprint); err != nil {
		return err
	}
	terminal.Hint(o.ErrOut, "carry the request to "+o.to+", and read the fingerprint to whoever approves it there: kubectl mesh credentials approve "+
		shell.Quote(file)+" --from "+o.from+" --cluster "+o.to+" --fingerprint "+fingerprint)
	return nil
}

// file is where the request goes. An earlier request of this reader is replaced; whatever else is
// there, is not, and neither is a folder made.
func (o *credentialsRequestOptions) file(ws *workspace.Workspace, pair access.Pair) (string, error) {
	file := o.out
	if file == "" {
		file = ws.Path(layout.ClientRequest(o.to, o.from))
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		return "", verdict.Inputf("make it, or name another file", "there is no folder %q for the request", filepath.Dir(file))
	}
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err == nil && info.Mode().IsRegular() {
		if text, err := o.readFile(file); err == nil && reader.IsRequestOf(text, pair) {
			return file, nil
		}
	}
	return "", verdict.Inputf("name another one: --out FILE", "%q is there already, and is no request of %s for %s", file, o.from, o.to)
}
