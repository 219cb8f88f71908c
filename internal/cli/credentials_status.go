package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

type credentialsStatusOptions struct {
	System
	liveFlags
	filename, output, within string
	live                     bool
}

func newCredentialsStatus(system System, runF func(*credentialsStatusOptions) error) *cobra.Command {
	o := &credentialsStatusOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "status [--live]",
		Short: "Show the credentials of all links and when they end",
		Long: `Show with what each control plane reads another cluster: link, kind, subject, generation, and when it
was issued and ends, as the files in credentials/ say. With --live the clusters that are read are
asked too: a token need not be here, and their API servers note the day on which one was last used.

It exits 0 when all is well, and 1 when a credential has ended, ends soon, cannot be used, or is
missing. A token that is not here is not missing, unless --live shows that its cluster has none.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	addFilename(cmd, &o.filename)
	o.liveFlags.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	markInterruptible(cmd)
	addOutput(cmd, &o.output, "", "json", "yaml")
	cmd.Flags().BoolVar(&o.live, "live", false, "ask the clusters that are read, where they have a context")
	cmd.Flags().StringVar(&o.within, "within", presetWithin, "what ends this soon is not well: 14d, 12h; as it is, a credential that never lives long is not well in the last third of its life")
	return cmd
}

func (o *credentialsStatusOptions) Validate() error {
	_, err := parseDays(o.within)
	if err != nil {
		err = inputErrorf("write it as in 14d or 12h", "--within does not take %q", o.within)
	}
	return errors.Join(err, checkOutput(o.output, "", "json", "yaml"), o.refuseContext(), o.liveFlags.validate())
}

// presetWithin is time enough for a person.
const presetWithin = "14d"

// What a credential is like.
const (
	stateOK       = "ok"
	stateExpiring = "expiring"
	stateExpired  = "expired"
	stateMissing  = "missing"
	stateRefused  = "refused"
	stateRevoked  = "revoked"
	// stateElsewhere: it is in clusters, or in a store, and not here.
	stateElsewhere = "elsewhere"
)

// credentialLine is one generation of the credential of a link.
type credentialLine struct {
	Link        string     `json:"link"`
	From        string     `json:"from"`
	To          string     `json:"to"`
	Kind        string     `json:"kind"`
	Subject     string     `json:"subject"`
	Generation  int32      `json:"generation"`
	State       string     `json:"state"`
	Reason      string     `json:"reason,omitempty"`
	Issued      *time.Time `json:"issued,omitempty"`
	Expires     *time.Time `json:"expires,omitempty"`
	NeverEnds   bool       `json:"neverEnds,omitempty"`
	LastUsed    string     `json:"lastUsed,omitempty"` // a day, or never; empty: nobody tells
	Fingerprint string     `json:"fingerprint,omitempty"`
}

func (o *credentialsStatusOptions) Run(ctx context.Context) error {
	ws, err := openCredentials(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	within, _ := parseDays(o.within)
	s := &credentialStatus{ws: ws, liveFlags: &o.liveFlags, system: o.System, now: time.Now(), within: within, thirds: o.within == presetWithin}
	if o.live {
		if err := o.complete(); err != nil {
			return err
		}
		s.open(ctx)
	}
	lines := s.lines(ctx)
	if o.output != "" {
		err = printData(o.Out, o.output, struct {
			Mesh        string           `json:"mesh"`
			Credentials []credentialLine `json:"credentials"`
		}{ws.doc.Mesh.Metadata.Name, lines})
	} else {
		err = printCredentials(o.Out, lines)
	}
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	for _, line := range lines {
		switch line.State {
		case stateExpiring, stateExpired, stateMissing, stateRefused:
			return errors.New("not all credentials are well")
		}
	}
	return nil
}

// printCredentials writes the table, and below it what does not fit into one.
func printCredentials(w io.Writer, lines []credentialLine) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	row := func(cells ...string) { _, _ = table.Write([]byte(strings.Join(cells, "\t") + "\n")) } // a buffer takes everything
	row("LINK", "KIND", "SUBJECT", "GENERATION", "STATE", "ISSUED", "EXPIRES", "LAST USED")
	for _, line := range lines {
		row(line.cells()...)
	}
	_ = table.Flush() // into the buffer too
	for _, line := range lines {
		if line.Reason != "" {
			fmt.Fprintf(&text, "%s, generation %d: %s\n", line.Link, line.Generation, oneLine(line.Reason))
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (l credentialLine) cells() []string {
	day := func(at *time.Time) string {
		if at == nil {
			return "-"
		}
		return at.UTC().Format(time.DateOnly)
	}
	expires, used := day(l.Expires), l.LastUsed
	if l.NeverEnds {
		expires = "never"
	}
	if used == "" {
		used = "-"
	}
	return []string{l.Link, l.Kind, oneLine(l.Subject), fmt.Sprint(l.Generation), l.State, day(l.Issued), expires, used}
}
