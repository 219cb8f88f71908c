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
	secrets  bool
	paths    []string
}

func newValidate(system System, runF func(*validateOptions) error) *cobra.Command {
	o := &validateOptions{System: system}
	cmd := &cobra.Command{
		Use:   "validate [-f mesh.yaml | --secrets [PATH]...]",
		Short: "Check mesh.yaml and everything beside it, offline",
		Long: `Check mesh.yaml, the facts in clusters/ and the certificate authorities, offline. Every
problem is reported at once, with its line, its field and a remedy. Credentials are not looked
at: render names those that are missing.

It exits 0 when nothing in these files stops a rendering, and 2 when something does.

With --secrets it looks for tokens, private keys and age identities instead, in the open or in
base64: in the files and folders that are named, else in the folder of mesh.yaml. There it reads
what git has or would take; without git, all but credentials/. It also tells of credentials that
git tracks, and that others may read. Links and binary files are passed by. What it finds is said
by place and fingerprint; it then exits 1.`,
		Example: `  kubectl mesh validate

  # Is there a credential in what would be committed?
  kubectl mesh validate --secrets
  kubectl mesh validate --secrets deploy/ clusters/east.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if runF != nil {
				return runF(o)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			if o.secrets {
				return o.runSecrets(cmd.Context())
			}
			return o.Run()
		},
	}
	cmd.Flags().BoolVar(&o.secrets, "secrets", false, "look for credentials in what git has or would take, or in the paths that are named")
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

func (o *validateOptions) Validate() error {
	if len(o.paths) > 0 && !o.secrets {
		return inputErrorf("name the mesh file with -f, or look for credentials with --secrets", "kubectl mesh validate takes no argument, got %q", o.paths[0])
	}
	return checkOutput(o.output, "", "json", "yaml")
}

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
	if err := printProblems(o.Out, o.output, problems); err != nil {
		return err
	}
	if mesh.Stop(problems) {
		return inputError{errors.New((&problemsError{name: ws.name, problems: problems}).Error())}
	}
	return nil
}

// printProblems prints problems as data.
func printProblems(w io.Writer, format string, problems []mesh.Problem) error {
	shown := make([]mesh.Problem, len(problems))
	for i, p := range problems {
		p.Field, p.Message, p.Hint, p.Waived = redact(p.Field), redact(p.Message), redact(p.Hint), redact(p.Waived)
		shown[i] = p
	}
	return printData(w, format, struct {
		Valid    bool           `json:"valid"`
		Problems []mesh.Problem `json:"problems"`
	}{!mesh.Stop(problems), shown})
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
