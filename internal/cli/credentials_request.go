package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
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
		return inputErrorf("write --from READER --to CLUSTER", "name both clusters")
	}
	return nil
}

func (o *credentialsRequestOptions) Run() error {
	ws, problems, err := openWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	sayProblems(o.ErrOut, problems, listAll(o.filename))
	reading, err := ws.clientReading(o.from, o.to)
	if err != nil {
		return err
	}
	key, err := o.key(ws, reading)
	if err != nil {
		return err
	}
	user := render.ReaderUser(o.from)
	request, err := kubeconfig.NewClientRequest(key, user)
	if err != nil {
		return withHint(fmt.Errorf("%s: %w", ws.path(reading.ClientKeyFile()), err), "remove the file to begin anew")
	}
	fingerprint, err := kubeconfig.CheckClientRequest(request, user)
	if err != nil {
		return err
	}
	file := o.out
	if file == "" {
		file = ws.path(o.from + "-" + o.to + ".csr")
	}
	if err := output.WriteFile(file, request, output.FileOptions{Mode: 0o644, Force: true}); err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s\n", file)
	if _, err := fmt.Fprintln(o.Out, fingerprint); err != nil {
		return err
	}
	fmt.Fprintln(o.ErrOut, hintMark+"carry the request to "+o.to+", and read the fingerprint to whoever approves it there: kubectl mesh credentials approve "+
		shell.Quote(file)+" --from "+o.from+" --cluster "+o.to+" --fingerprint "+fingerprint)
	return nil
}

// key is the one that is there already, or a new one. A new one would make the certificate of the
// old one worthless.
func (o *credentialsRequestOptions) key(ws *workspace, reading render.Reading) ([]byte, error) {
	key, err := ws.readFile(reading.ClientKeyFile())
	if err == nil {
		fmt.Fprintf(o.ErrOut, "the key of %s for %s is there already, and is used\n", o.from, o.to)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = kubeconfig.NewClientKey(); err != nil {
		return nil, err
	}
	return key, ws.keepPrivate(reading.ClientKeyFile(), key)
}
