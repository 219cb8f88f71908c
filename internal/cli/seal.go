package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

type sealOptions struct {
	System
	filename string
	cluster  string
	identity []string
}

func newSeal(system System, runF func(*sealOptions) error) *cobra.Command {
	o := &sealOptions{System: system}
	cmd := &cobra.Command{
		Use:   "seal [--cluster NAME]",
		Short: "Encrypt the objects with credentials, so that they can be committed",
		Long: `Encrypt the remote secrets and cacerts of the clusters that have spec.sealing, offline, with
the credentials of this workspace, into sealed/<cluster>/: for sops with age recipients, or for
the controller of SealedSecrets. Annotations say what is in each file: the server, its authority,
the account and the end of the token, the certificate. render takes the files from there.

What has not changed is not encrypted again, so a second run changes no byte. With --identity
what is in the files is compared, and data keys are kept; without it, what stands beside it. When
a recipient is dropped everything is encrypted anew, with new data keys; what was sealed before is
in git, so the credentials that have to be made anew are listed.

.sops.yaml and .gitleaks.toml are written for the workspace, unless there are others already.`,
		Example: `  # Seal for all clusters, then render and commit
  kubectl mesh seal
  kubectl mesh render --output-dir deploy

  # Prove that the annotations say what is in the files
  kubectl mesh validate --identity recovery.agekey`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if runF != nil {
				return runF(o)
			}
			return o.Run()
		},
	}
	addFilename(cmd, &o.filename)
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "seal for this cluster only; default: all")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	addIdentity(cmd, &o.identity)
	return cmd
}

// Run reads and encrypts everything before it writes anything.
func (o *sealOptions) Run() error {
	keys, err := readIdentities(o.identity)
	if err != nil {
		return err
	}
	ws, problems, err := openWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	ws.now = time.Now() // what ends soon is sealed, and said
	run := &sealRun{System: o.System, ws: ws, keys: keys}
	err = o.prepare(run)
	if err == nil {
		problems = ws.check(run.known)
	}
	sayProblems(o.ErrOut, problems, listAll(o.filename))
	if err != nil {
		return err
	}
	return run.write()
}

// prepare makes all files, in memory.
func (o *sealOptions) prepare(run *sealRun) error {
	clusters, err := o.clusters(run.ws)
	if err != nil {
		return err
	}
	for _, cluster := range clusters {
		if err := run.plan(cluster); err != nil {
			return err
		}
	}
	if len(run.problems) > 0 {
		return &problemsError{"credentials and sealed files", run.problems, "correct these first"}
	}
	return run.encrypt()
}

// clusters are those to seal for.
func (o *sealOptions) clusters(ws *workspace) ([]*v1alpha1.Cluster, error) {
	const how = "write into mesh.yaml: spec.sealing: {format: sops, age: {recipients: [age1...]}}"
	if o.cluster != "" {
		if err := ws.checkCluster(o.cluster); err != nil {
			return nil, err
		}
		cluster, _ := ws.graph.Cluster(o.cluster)
		if cluster.Sealing.Format == v1alpha1.SealingNone {
			return nil, inputErrorf(how, "nothing is sealed for %s: its sealing.format is none", o.cluster)
		}
		return []*v1alpha1.Cluster{cluster}, nil
	}
	sealed := slices.DeleteFunc(slices.Collect(ws.graph.Clusters()), func(c *v1alpha1.Cluster) bool { return c.Sealing.Format == v1alpha1.SealingNone })
	if len(sealed) == 0 {
		return nil, inputErrorf(how, "nothing is sealed for any cluster: %s says no sealing.format", ws.name)
	}
	return sealed, nil
}

// unchanged is what a run says that had nothing to do.
func unchanged(n int) string { return fmt.Sprintf("%s unchanged", count(n, "sealed file")) }
