package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

type validateOptions struct {
	System
	filename string
	output   string
	secrets  bool
	paths    []string
	identity []string
}

func newValidate(system System, runF func(*validateOptions) error) *cobra.Command {
	o := &validateOptions{System: system}
	cmd := &cobra.Command{
		Use:   "validate [-f mesh.yaml | --secrets [PATH]...]",
		Short: "Check mesh.yaml and everything beside it, offline",
		Long: `Check mesh.yaml, the facts in clusters/ and the certificate authorities, offline. Every
problem is reported at once, with its line, its field and a remedy. Of credentials only the end is
looked at: render names those that are missing. Where the address of an API server of GKE was chosen, it is
printed with the reason.

With --identity what is in sealed/ is opened, in memory, and compared with what its annotations
say; a file that this identity does not open is named, because nothing is proven of it.

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
			if len(args) > 0 {
				o.paths = args
			}
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
	addIdentity(cmd, &o.identity)
	return cmd
}

func (o *validateOptions) Validate() error {
	if len(o.paths) > 0 && !o.secrets {
		return inputErrorf("name the mesh file with -f, or look for credentials with --secrets", "kubectl mesh validate takes no argument, got %q", o.paths[0])
	}
	if o.secrets && len(o.identity) > 0 {
		return inputErrorf("run them one after the other", "--secrets and --identity ask different things")
	}
	return checkOutput(o.output, "", "json", "yaml")
}

func (o *validateOptions) Run() error {
	keys, err := readIdentities(o.identity)
	if err != nil {
		return err
	}
	ws, problems, err := readWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	proven := 0
	if ws.graph != nil {
		ws.now = time.Now()
		if problems, proven, err = ws.checkAll(keys); err != nil {
			return err
		}
	}
	if o.output != "" {
		return o.report(ws, problems)
	}
	if mesh.Stop(problems) {
		return &problemsError{ws.name, problems, listAll(o.filename)}
	}
	sayProblems(o.ErrOut, problems, listAll(o.filename))
	if _, err = fmt.Fprintf(o.Out, "%s is valid: mesh %s, %s, %s\n", ws.name, ws.doc.Mesh.Metadata.Name,
		count(len(ws.doc.Mesh.Spec.Clusters), "cluster"), count(ws.graph.CountLinks(), "link")); err != nil {
		return err
	}
	if !keys.IsZero() {
		if _, err = fmt.Fprintln(o.Out, count(proven, "sealed file")+" proven to be what the annotations say"); err != nil {
			return err
		}
	}
	return sayAddresses(o.Out, ws.graph)
}

// checkAll runs the rules over everything, and proves what is sealed if there are keys.
func (ws *workspace) checkAll(keys sealing.Keys) (problems []mesh.Problem, proven int, err error) {
	files, err := ws.readSealed(ws.graph.Names())
	if err != nil {
		return nil, 0, err
	}
	problems = ws.check(ws.lives())
	if keys.IsZero() {
		return problems, 0, nil
	}
	if len(files) == 0 {
		return nil, 0, inputErrorf("seal first: kubectl mesh seal"+ws.filenameFlag(), "there is nothing sealed to prove")
	}
	proven, wrong := proveSealed(files, keys)
	if proven == 0 && onlyForOthers(wrong) {
		return nil, 0, inputErrorf("give one that opens what is sealed; a SealedSecret needs the private key of its controller",
			"the identity opens none of %s", count(len(files), "sealed file"))
	}
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		problem := mesh.Problem{Severity: mesh.SeverityError, File: ws.path(name), Message: wrong[name].Error(),
			Hint: "find out who has changed it, before anybody applies it; then seal again: kubectl mesh seal"}
		if errors.Is(wrong[name], sealing.ErrForOthers) {
			problem.Severity, problem.Message = mesh.SeverityWarning, "nothing is proven: "+problem.Message
			problem.Hint = "give an identity that opens it; a SealedSecret needs the private key of its controller"
		}
		problems = append(problems, problem)
	}
	return problems, proven, nil
}

func onlyForOthers(wrong map[string]error) bool {
	for _, err := range wrong {
		if !errors.Is(err, sealing.ErrForOthers) {
			return false
		}
	}
	return true
}

// report prints all problems as data, waived ones too.
func (o *validateOptions) report(ws *workspace, problems []mesh.Problem) error {
	var servers []readAt
	if ws.graph != nil {
		servers = readAddresses(ws.graph)
	}
	if err := printProblems(o.Out, o.output, problems, servers...); err != nil {
		return err
	}
	if mesh.Stop(problems) {
		return inputError{errors.New((&problemsError{name: ws.name, problems: problems}).Error())}
	}
	return nil
}

// printProblems prints problems as data, and the addresses that were chosen if there are any.
func printProblems(w io.Writer, format string, problems []mesh.Problem, servers ...readAt) error {
	shown := make([]mesh.Problem, len(problems))
	for i, p := range problems {
		p.Field, p.Message, p.Hint, p.Waived = redact(p.Field), redact(p.Message), redact(p.Hint), redact(p.Waived)
		shown[i] = p
	}
	return printData(w, format, struct {
		Valid    bool           `json:"valid"`
		Problems []mesh.Problem `json:"problems"`
		Servers  []readAt       `json:"servers,omitempty"`
	}{!mesh.Stop(problems), shown, servers})
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
