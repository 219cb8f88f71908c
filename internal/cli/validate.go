package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

type validateOptions struct {
	System
	filename string
	output   string
}

func newValidate(system System, runF func(*validateOptions) error) *cobra.Command {
	o := &validateOptions{System: system}
	cmd := &cobra.Command{
		Use:   "validate [-f mesh.yaml]",
		Short: "Check mesh.yaml and everything beside it, offline",
		Long: `Check mesh.yaml, the facts in clusters/ and the certificate authorities, offline. Every
problem is reported at once, with its line, its field and a remedy. Credentials are not looked
at: render names those that are missing.

It exits 0 when nothing in these files stops a rendering, and 2 when something does.`,
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
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

func (o *validateOptions) Validate() error { return checkOutput(o.output, "", "json", "yaml") }

func (o *validateOptions) Run() error {
	ws, problems, err := readWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	if ws.graph != nil {
		ws.now = time.Now()
		problems = ws.check(nil)
	}
	if o.output != "" {
		return o.report(ws, problems)
	}
	if mesh.Stop(problems) {
		return &problemsError{ws.name, problems, listAll(o.filename)}
	}
	sayProblems(o.ErrOut, problems, listAll(o.filename))
	_, err = fmt.Fprintf(o.Out, "%s is valid: mesh %s, %s, %s\n", ws.name, ws.doc.Mesh.Metadata.Name,
		count(len(ws.doc.Mesh.Spec.Clusters), "cluster"), count(ws.graph.CountLinks(), "link"))
	return err
}

// report prints all problems as data, waived ones too.
func (o *validateOptions) report(ws *workspace, problems []mesh.Problem) error {
	valid := !mesh.Stop(problems)
	shown := make([]mesh.Problem, len(problems))
	for i, p := range problems {
		p.Field, p.Message, p.Hint, p.Waived = redact(p.Field), redact(p.Message), redact(p.Hint), redact(p.Waived)
		shown[i] = p
	}
	report := struct {
		Valid    bool           `json:"valid"`
		Problems []mesh.Problem `json:"problems"`
	}{valid, shown}
	if err := printData(o.Out, o.output, report); err != nil {
		return err
	}
	if !valid {
		return inputError{errors.New((&problemsError{name: ws.name, problems: problems}).Error())}
	}
	return nil
}

// printData prints a value in a format that machines read.
func printData(w io.Writer, format string, value any) error {
	var text []byte
	var err error
	if format == "yaml" {
		text, err = yaml.Marshal(value)
	} else if text, err = json.MarshalIndent(value, "", "    "); err == nil {
		text = append(text, '\n')
	}
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err = w.Write(text)
	return err
}
