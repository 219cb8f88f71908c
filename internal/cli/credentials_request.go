package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
	file, err := o.file(ws, reading)
	if err != nil {
		return err
	}
	request, fingerprint, err := ws.clientRequest(reading, o.ErrOut)
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
	fmt.Fprintln(o.ErrOut, hintMark+"carry the request to "+o.to+", and read the fingerprint to whoever approves it there: kubectl mesh credentials approve "+
		shell.Quote(file)+" --from "+o.from+" --cluster "+o.to+" --fingerprint "+fingerprint)
	return nil
}

// file is where the request goes. An earlier request of this reader is replaced; whatever else is
// there, is not, and neither is a folder made.
func (o *credentialsRequestOptions) file(ws *workspace, reading render.Reading) (string, error) {
	file := o.out
	if file == "" {
		file = ws.path(o.from + "-" + o.to + ".csr")
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		return "", inputErrorf("make it, or name another file", "there is no folder %q for the request", filepath.Dir(file))
	}
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err == nil && info.Mode().IsRegular() {
		if text, err := readLimited(file); err == nil && isRequestOf(text, reading) {
			return file, nil
		}
	}
	return "", inputErrorf("name another one: --out FILE", "%q is there already, and is no request of %s for %s", file, o.from, o.to)
}

// isRequestOf recognizes a request of any generation.
func isRequestOf(text []byte, reading render.Reading) bool {
	user, err := kubeconfig.ClientRequestUser(text)
	first := render.ReaderUser(reading.Consumer, 1)
	return err == nil && (user == first || strings.HasPrefix(user, first+":"))
}

// clientRequest makes the request of the newest generation, and its key where there is none.
func (ws *workspace) clientRequest(reading render.Reading, errOut io.Writer) (request []byte, fingerprint string, err error) {
	target, _ := ws.graph.Cluster(reading.Target)
	generation := render.Generation(target, reading.Consumer)
	file := reading.ClientKeyFile(generation)
	key, err := ws.clientKey(file)
	if err != nil {
		return nil, "", err
	}
	if key == nil {
		if key, err = kubeconfig.NewClientKey(); err == nil {
			err = ws.keepPrivate(file, key)
		}
		if err != nil {
			return nil, "", err
		}
	} else {
		fmt.Fprintf(errOut, "the key of %s for %s is there already, and is used\n", reading.Consumer, reading.Target)
	}
	user := render.ReaderUser(reading.Consumer, generation)
	if request, err = kubeconfig.NewClientRequest(key, user); err != nil {
		return nil, "", withHint(fmt.Errorf("%s: %w", ws.path(file), err), "remove the file to begin anew")
	}
	fingerprint, err = kubeconfig.CheckClientRequest(request, user)
	return request, fingerprint, err
}

// clientKey is the one that is there already; nil when there is none. A new one would make the
// certificate of the old one worthless.
func (ws *workspace) clientKey(file string) ([]byte, error) {
	key, err := ws.readFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return key, err
}
