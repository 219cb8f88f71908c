package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caStatusOptions struct {
	caOptions
	output string
	within string
}

func newCAStatus(system System, runF func(*caStatusOptions) error) *cobra.Command {
	o := &caStatusOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the certificates of the mesh and when they end",
		Long: `Show the roots and the certificate of each cluster: subject, issuer, key, end, generation, and how far
a rotation of the root has come.

It exits 0 when all is well, and 1 when a certificate is missing, would be refused by istiod, has
ended, or ends soon.`,
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
	o.add(cmd)
	addOutput(cmd, &o.output, "", "json")
	cmd.Flags().StringVar(&o.within, "within", "60d", "what ends this soon is not well: 60d, 12h")
	return cmd
}

func (o *caStatusOptions) Validate() error {
	_, err := parseDays(o.within)
	if err != nil {
		err = inputErrorf("write it as in 60d or 12h", "--within does not take %q", o.within)
	}
	return errors.Join(err, checkOutput(o.output, "", "json"))
}

// parseDays reads a duration that may be in days.
func parseDays(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days+" ", "%d ", &n); err != nil || n < 0 || n > 36500 || fmt.Sprint(n) != days {
			return 0, fmt.Errorf("no number of days: %q", text)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("negative: %q", text)
	}
	return d, err
}

// caReport is what ca status tells.
type caReport struct {
	Mesh     string      `json:"mesh"`
	Phase    trust.Phase `json:"phase"`
	Roots    []caLine    `json:"roots"`
	Clusters []caLine    `json:"clusters"`
}

// caLine is one certificate, and what is to be said of it.
type caLine struct {
	trust.Status `json:",inline"`
	// State: ok, expiring, expired, missing, refused.
	State  string   `json:"state"`
	Reason string   `json:"reason,omitempty"`
	Root   []string `json:"rootSHA256,omitempty"`
}

func (o *caStatusOptions) Run() error {
	a, err := o.open()
	if err != nil {
		return err
	}
	defer a.close()
	within, _ := parseDays(o.within)
	report, err := a.report(within)
	if err != nil {
		return err
	}
	if o.output == "json" {
		encoder := json.NewEncoder(o.Out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		err = report.print(o.Out)
	}
	if err != nil {
		return err
	}
	for _, line := range append(report.Roots, report.Clusters...) {
		if line.State != "ok" {
			return errors.New("not all certificates are well")
		}
	}
	return nil
}

func (a *authority) report(within time.Duration) (caReport, error) {
	text, roots, err := a.roots()
	if err != nil {
		return caReport{}, err
	}
	report := caReport{Mesh: a.doc.Mesh.Metadata.Name, Phase: trust.PhaseSteady, Clusters: []caLine{}}
	if len(roots) <= 2 { // more are those of somebody else's PKI
		rotation, err := a.rotation(text)
		if err != nil {
			return caReport{}, err
		}
		report.Phase = rotation.Phase
	}
	var fingerprints []string
	for _, root := range roots {
		line := caLine{Status: trust.Describe("", root)}
		line.State = a.state(root.NotAfter, within)
		report.Roots = append(report.Roots, line)
		fingerprints = append(fingerprints, line.SHA256)
	}
	for cluster := range a.graph.Clusters() {
		if !render.Signs(cluster) {
			continue
		}
		line, err := a.clusterLine(cluster.Name, within)
		if err != nil {
			return caReport{}, err
		}
		line.Root = fingerprints
		report.Clusters = append(report.Clusters, line)
	}
	return report, nil
}

func (a *authority) clusterLine(cluster string, within time.Duration) (caLine, error) {
	bundle, ok, err := a.readBundle(cluster)
	if err != nil {
		return caLine{}, quotePath(err)
	}
	line := caLine{Status: trust.Status{Cluster: cluster}}
	if !ok {
		line.State = "missing"
		return line, nil
	}
	signing, err := bundle.Certificate()
	if err == nil {
		line.Status = trust.Describe(cluster, signing)
		err = bundle.CheckOnce()
	}
	if err != nil {
		line.State, line.Reason = "refused", oneLine(err.Error())
		return line, nil
	}
	line.State = a.state(line.NotAfter, within)
	return line, nil
}

func (a *authority) state(notAfter time.Time, within time.Duration) string {
	switch left := notAfter.Sub(a.now); {
	case left <= 0:
		return "expired"
	case left <= within:
		return "expiring"
	}
	return "ok"
}

// print writes the table, and below it what does not fit into one.
func (r caReport) print(w io.Writer) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	row := func(cells ...string) { _, _ = table.Write([]byte(strings.Join(cells, "\t") + "\n")) } // a buffer takes everything
	row("CLUSTER", "STATE", "EXPIRES", "KEY", "GENERATION", "SUBJECT", "ISSUER")
	for _, line := range r.Roots {
		row(line.cells("(root)")...)
	}
	for _, line := range r.Clusters {
		row(line.cells(line.Cluster)...)
	}
	_ = table.Flush() // into the buffer too
	for _, line := range r.Roots {
		text.WriteString("root SHA-256 " + line.SHA256 + "\n")
	}
	for _, line := range r.Clusters {
		if line.Reason != "" {
			text.WriteString(line.Cluster + ": " + line.Reason + "\n")
		}
	}
	if r.Phase != trust.PhaseSteady {
		text.WriteString("the root is being rotated: phase " + string(r.Phase) + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (l caLine) cells(name string) []string {
	if l.State == "missing" {
		return []string{name, l.State, "-", "-", "-", "-", "-"}
	}
	return []string{name, l.State, l.NotAfter.Format(time.DateOnly), l.Algorithm, strconv.Itoa(l.Generation), l.Subject, l.Issuer}
}
