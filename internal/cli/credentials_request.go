package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
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
	if _, err := ws.root.Lstat(reading.ClientKeyFile()); !errors.Is(err, fs.ErrNotExist) {
		return withHint(fmt.Errorf("there is a key already: %s", ws.path(reading.ClientKeyFile())),
			"remove it to begin anew: the certificate of the old key is then worth nothing")
	}
	user := render.ReaderUser(o.from)
	key, request, err := kubeconfig.NewClientRequest(user)
	if err != nil {
		return err
	}
	fingerprint, err := kubeconfig.CheckClientRequest(request, user)
	if err != nil {
		return err
	}
	if err := ws.keepPrivate(reading.ClientKeyFile(), key); err != nil {
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
		file+" --from "+o.from+" --cluster "+o.to+" --fingerprint "+fingerprint)
	return nil
}
