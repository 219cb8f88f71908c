package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func newCredentials(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "credentials COMMAND",
		Short: "Show, rotate and revoke the credentials of readers; get client certificates",
		Long: `Look after the credentials with which control planes read other clusters: when they end, how they
are changed without an interruption, what ends them at once.

Where reader.auth is clientCertificate the key is made where it is used and stays there; only a
request and a certificate travel, and both are public.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCredentialsRequest(system, nil), newCredentialsApprove(system, nil), newCredentialsRotate(system, nil),
		newCredentialsRevoke(system, nil), newCredentialsStatus(system, nil))
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

// openCredentials reads a mesh. Findings are no obstacle: a leak does not wait for them, and what is to
// be mended may be among them.
func openCredentials(filename string, stdin io.Reader) (*workspace, error) {
	ws, problems, err := readWorkspace(filename, stdin)
	if err != nil {
		return nil, err
	}
	if ws.graph == nil {
		ws.close()
		return nil, &problemsError{ws.name, problems, listAll(filename)}
	}
	return ws, nil
}

// clientReading is a reading that is done with a client certificate.
func (ws *workspace) clientReading(consumer, target string) (render.Reading, error) {
	for _, name := range []string{consumer, target} {
		if err := ws.checkCluster(name); err != nil {
			return render.Reading{}, err
		}
	}
	for _, reading := range render.CertificateReadings(ws.graph, consumer) {
		if reading.Target == target {
			read, _ := ws.graph.Cluster(target)
			if read.Platform == v1alpha1.PlatformEKS {
				return reading, inputErrorf("use reader.auth token for it", "%s is on EKS, which signs no client certificates", target)
			}
			return reading, nil
		}
	}
	return render.Reading{}, inputErrorf("write reader: {auth: clientCertificate} for "+target+", and a link from "+consumer,
		"%s does not read %s with a client certificate", consumer, target)
}

// requestCommand is the command that makes the request of a reading.
func (ws *workspace) requestCommand(reading render.Reading) string {
	return "kubectl mesh credentials request --from " + shell.Quote(reading.Consumer) + " --to " + shell.Quote(reading.Target) + ws.filenameFlag()
}
