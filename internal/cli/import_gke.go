package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

type importGKEOptions struct {
	System
	filename string
	files    []string
	dryRun   bool
	output   string
}

func newImportGKE(system System, runF func(*importGKEOptions) error) *cobra.Command {
	o := &importGKEOptions{System: system}
	cmd := &cobra.Command{
		Use:   "gke FILE...",
		Short: "Import facts of GKE clusters from gcloud output",
		Long: `Read JSON that gcloud prints about clusters, firewall rules, subnets and the service mesh of a fleet,
and write the facts to clusters/NAME.yaml: API server addresses and CAs, pod ranges, node tags, network
and subnet, authorized networks, identity pool, fleet, and the revision of a managed control plane. A
file named - is stdin. Files are recognized by their content.

A cluster matches the one in mesh.yaml with the same gke.project, gke.location and gke.cluster; if none
of these is set, the one with the same context or name. Comments in a facts file are kept, and so are
fields that the output does not contain. Changes are printed; mesh.yaml takes precedence over the file.

Passwords and keys, which such output contains for old clusters, are not read.`,
		Example: `  # At the site; requires roles/container.clusterViewer and roles/compute.networkViewer
  gcloud container clusters list --project=acme --format=json > clusters.json
  gcloud compute firewall-rules list --project=acme-network --format=json > rules.json
  gcloud compute networks subnets list --project=acme-network --format=json > subnets.json
  gcloud container fleet mesh describe --project=acme-fleet --format=json > fleet.json

  # Next to mesh.yaml
  kubectl mesh import gke clusters.json rules.json subnets.json fleet.json`,
		Args: atLeastOne("create one: gcloud container clusters list --format=json > clusters.json",
			"requires at least one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return start(cmd.Context(), o, runF)
		},
	}
	addFilename(cmd, &o.filename)
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "print the changes without writing files")
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

// Stdin can be read only once.
func (o *importGKEOptions) Validate() error {
	readers := 0
	for _, name := range append([]string{o.filename}, o.files...) {
		if name == "-" {
			readers++
		}
	}
	if readers > 1 {
		return verdict.Inputf("write one of them to a file", "stdin is specified %d times", readers)
	}
	return checkOutput(o.output, "", "json", "yaml")
}

func (o *importGKEOptions) Run(ctx context.Context) error {
	dump, err := collect.ReadDumps(ctx, o.In, o.files)
	if err != nil {
		return err
	}
	if len(dump.Clusters) == 0 {
		return verdict.Inputf("add the clusters: gcloud container clusters list --format=json",
			"the files contain no cluster")
	}
	if _, err := os.Stat(o.filename); errors.Is(err, fs.ErrNotExist) && o.filename != "-" {
		return verdict.Inputf("create it, for example:\n"+collect.Indented(collect.FirstMesh(dump)),
			"%s does not exist", o.filename)
	}
	source := o.source(o.filename).Writing("import gke")
	if o.dryRun {
		source = o.source(o.filename)
	}
	ws, problems, err := workspace.Read(ctx, source)
	if err != nil {
		return err
	}
	defer ws.Close()
	if ws.Doc.Mesh == nil {
		return &workspace.Problems{Name: ws.Name, List: problems, Rest: workspace.ListAll(o.filename)}
	}
	changes, err := collect.ImportGKE(ctx, collect.ImportInput{Workspace: ws, Dump: dump, DryRun: o.dryRun, Log: o.log()})
	return errors.Join(report.Changes(o.Out, o.output, changes, o.dryRun), err)
}
