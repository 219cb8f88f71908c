package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

type initOptions struct {
	System
	kubeconfigFlags
	filename string
	contexts []string
	name     string
	force    bool
}

func newInit(system System, runF func(*initOptions) error) *cobra.Command {
	o := &initOptions{System: system}
	cmd := &cobra.Command{
		Use:   "init [--context CONTEXT]...",
		Short: "Write a first mesh.yaml from kubeconfig contexts, offline",
		Long: `Write a first mesh.yaml from kubeconfig contexts, offline: all of them, or those that are
named. The address and the certificate authority of each API server are copied in;
credentials are not. Contexts that gcloud, aws and kind have written tell more, and it is
filled in.

A folder credentials is made beside it, which git ignores, and .gitleaks.toml, with which gitleaks
looks for the credentials of a mesh too.`,
		Example: `  kubectl mesh init
  kubectl mesh init --context kind-east --context kind-west --name shop`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.Complete(); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.kubeconfigFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&o.filename, "filename", "f", "mesh.yaml", "the file to write; - writes to stdout")
	flags.StringArrayVar(&o.contexts, "context", nil, "a kubeconfig context; may be given several times")
	flags.StringVar(&o.name, "name", "", "the name of the mesh; default: the name of the folder")
	flags.BoolVar(&o.force, "force", false, "replace a file that exists")
	_ = cmd.RegisterFlagCompletionFunc("context", o.completeContexts)
	return cmd
}

// Complete names the mesh after the folder of the file.
func (o *initOptions) Complete() error {
	if o.name != "" {
		return nil
	}
	folder := "."
	if o.filename != "-" {
		folder = filepath.Dir(o.filename)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("find the name of the folder: %w", err)
	}
	o.name = kubeconfig.Label(filepath.Base(folder))
	return nil
}

func (o *initOptions) Run() error {
	contexts, err := o.readContexts()
	if err != nil {
		return err
	}
	contexts = o.mergeSame(contexts)
	text, err := initialMesh(o.name, contexts)
	if err != nil {
		return err
	}
	doc, problems := mesh.Load(mesh.Source{Name: o.filename, Text: text})
	if mesh.Stop(problems) {
		for i := range problems {
			problems[i].File, problems[i].Line = "", 0 // of a text that nobody has
		}
		return &problemsError{name: "the mesh that this would make", problems: problems}
	}
	if o.filename == "-" {
		if err := leaks.Refuse(leaks.New().Scan("mesh.yaml", text)); err != nil {
			return err
		}
		_, err := o.Out.Write(text)
		return err
	}
	if err := o.write(text); err != nil {
		return err
	}
	fmt.Fprintf(o.ErrOut, "wrote %s with %s\n", o.filename, count(len(contexts), "cluster"))
	sayProblems(o.ErrOut, doc.Place(rules.Check(rules.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh)})), listAll(o.filename))
	fmt.Fprintf(o.ErrOut, "%sread it through, then: kubectl mesh validate%s\n", hintMark, filenameFlag(o.filename))
	return nil
}

// write writes the file and makes the folder of credentials. One that is there already may be
// refused, and then nothing is written.
func (o *initOptions) write(text []byte) error {
	credentials := filepath.Join(filepath.Dir(o.filename), credentialsFolder)
	if _, err := os.Stat(credentials); err == nil {
		if err := output.EnsureIgnored(credentials); err != nil {
			return err
		}
	}
	if err := output.WriteFile(o.filename, text, output.FileOptions{Mode: 0o644, Force: o.force}); err != nil {
		return err
	}
	if err := output.EnsureIgnored(credentials); err != nil {
		return err
	}
	return o.writeGitleaks()
}

// writeGitleaks lets gitleaks, which many run before each commit, find what it does not know of by itself,
// and pass by what is public here. A file that is there is somebody's own.
func (o *initOptions) writeGitleaks() error {
	name := filepath.Join(filepath.Dir(o.filename), ".gitleaks.toml")
	if _, err := os.Lstat(name); err == nil {
		return nil
	}
	text, err := leaks.GitleaksConfig()
	if err != nil {
		return err
	}
	return output.WriteFile(name, text, output.FileOptions{Mode: 0o644})
}

// filenameFlag is what a command needs to find the file.
func filenameFlag(filename string) string {
	if filename == "mesh.yaml" {
		return ""
	}
	return " -f " + shell.Quote(filename)
}

// readContexts reads the contexts and the files of their certificate authorities.
func (o *initOptions) readContexts() ([]kubeconfig.Context, error) {
	config, err := o.load()
	if err != nil {
		return nil, err
	}
	if len(config.Contexts) == 0 {
		return nil, inputErrorf("name a kubeconfig: --kubeconfig FILE", "the kubeconfig has no contexts")
	}
	contexts, err := kubeconfig.Contexts(*config, o.contexts)
	var problems kubeconfig.Problems
	if errors.As(err, &problems) {
		return nil, inputError{contextErrors(problems, len(o.contexts) == 0)}
	}
	if err != nil {
		return nil, inputError{err}
	}
	var errs []error
	for i := range contexts {
		errs = append(errs, readAuthority(&contexts[i]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, inputError{err}
	}
	return contexts, nil
}

// contextErrors shows each problem with its remedy.
func contextErrors(problems kubeconfig.Problems, all bool) error {
	var errs []error
	for _, problem := range problems {
		hint := strings.Join(problem.Remedies, "\n"+hintMark)
		if all {
			hint += "\n" + hintMark + "or leave the context out: name those that you want with --context"
		}
		errs = append(errs, withHint(problem, hint))
	}
	return errors.Join(errs...)
}

// readAuthority reads the file that a context names, and keeps nothing but certificates.
func readAuthority(context *kubeconfig.Context) error {
	data := context.CertificateAuthorityData
	if context.CertificateAuthorityFile != "" {
		file, err := os.Open(context.CertificateAuthorityFile)
		if err == nil {
			data, err = mesh.ReadLimited(file)
			_ = file.Close()
		}
		if err != nil {
			return withHint(fmt.Errorf("read certificate authority of context %q: %w", context.Name, quotePath(err)),
				"correct certificate-authority in the kubeconfig")
		}
	}
	if len(data) == 0 {
		return nil
	}
	certificates, err := mesh.Certificates(data)
	if err != nil {
		return withHint(fmt.Errorf("certificate authority of context %q %w", context.Name, err),
			"correct certificate-authority in the kubeconfig")
	}
	context.CertificateAuthorityData, context.CertificateAuthorityFile = certificates, ""
	return nil
}

// mergeSame keeps the first of contexts that lead to one API server: they differ in user or
// namespace only.
func (o *initOptions) mergeSame(contexts []kubeconfig.Context) []kubeconfig.Context {
	var kept []kubeconfig.Context
	first := map[[2]string]string{}
	for _, context := range contexts {
		key := [2]string{context.Server, context.TLSServerName}
		if other, ok := first[key]; ok {
			fmt.Fprintf(o.ErrOut, "warning: context %q is left out: it leads to the same API server as %q\n", context.Name, other)
			continue
		}
		first[key] = context.Name
		kept = append(kept, context)
	}
	return kept
}
