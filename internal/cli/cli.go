// Package cli is the command line: it converts arguments to calls of use cases, and their errors to exit codes; package
// report prints their results.
//
// There is one file per command, with the command's name. A command is an options struct with Validate (pure) and Run,
// which calls a use case and prints its result; its constructor takes a run function, so that flags can be tested
// without effects.
package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

// System is what the program gets from the machine.
type System struct {
	genericiooptions.IOStreams
	// InIsTerminal is set if a person can answer, OutIsTerminal if one reads Out, OutIsPipe if a program does.
	InIsTerminal, OutIsTerminal, OutIsPipe bool
	// Version set by the linker; may be empty.
	Version string
	// Hook is called before each file operation; for tests.
	Hook disk.Hook

	interrupt *interrupt
}

// source returns the source of a workspace.
func (s System) source(filename string) workspace.Source {
	return workspace.Source{Filename: filename, Stdin: s.In, Environ: os.Environ(), Log: s.log(), Hook: s.Hook}
}

// log prints the messages of a running command.
func (s System) log() hint.Log {
	return func(notice hint.Notice) { terminal.Notice(s.ErrOut, notice) }
}

// prompt asks the user at the terminal, if there is one.
func (s System) prompt() terminal.Prompt {
	return terminal.Prompt{In: s.In, Out: s.ErrOut, Answers: s.InIsTerminal, Reads: s.OutIsTerminal}
}

// Main runs the program with arguments including the program name, and returns its exit code.
func Main(system System, args []string) int {
	terminal.KeepFromChildren()
	system.interrupt = newInterrupt()
	system.Out, system.ErrOut = terminal.Attach(system.Out, system.ErrOut, os.Environ())
	root := newRoot(system)
	args = rewriteCompletion(args)
	root.SetArgs(args)
	if isInterruptible(root, args) {
		system.interrupt.listen()
	}
	line := terminal.Progress(system.ErrOut, progressOf(root, args))
	err := root.ExecuteContext(progress.Watch(system.interrupt.context(), line.Show))
	line.End()
	return exitCode(system.ErrOut, err)
}

// rewriteCompletion supports a link to this binary with the name of the completion program.
func rewriteCompletion(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	if name == templates.CompletionShim {
		return append([]string{cobra.ShellCompRequestCmd}, args[1:]...)
	}
	return args[1:]
}

func newRoot(system System) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "kubectl-mesh",
		Short: "Join Kubernetes clusters into one Istio mesh",
		Long: `Turn one reviewed file, mesh.yaml, into everything that joins Kubernetes clusters into one Istio mesh:
reader accounts, remote secrets, gateways, certificates and firewall rules, as a kustomize overlay per
cluster.

Rendering works offline, from files. collect, diff and check read from the clusters. Clusters are changed
only with --apply, and by two commands that have a credential issued: collect --token=request and
credentials approve.`,
		Example: `  # Write a first mesh.yaml from your kubeconfig
  kubectl mesh init

  # Render the tree for review
  kubectl mesh render --output-dir deploy

  # Apply one cluster's objects
  kubectl mesh render --cluster east | kubectl --context east apply --server-side --field-manager=mesh-cli -f -`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl mesh"},
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              noArguments,
		PersistentPreRunE: checkGiven,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return (&versionOptions{System: system}).Run(cmd.Context())
			}
			return cmd.Help()
		},
		SuggestionsMinimumDistance: 2,
	}
	root.Flags().BoolVar(&version, "version", false, "print the version")
	root.PersistentFlags().Var(terminal.ColourOf(system.Out, system.ErrOut), "color", "color the output: "+
		strings.Join(terminal.ColourModes(), ", "))
	noFiles := cobra.ShellCompDirectiveNoFileComp
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(terminal.ColourModes(), noFiles))
	root.SetIn(system.In)
	root.SetOut(system.Out)
	root.SetErr(system.ErrOut)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp())
	root.SetHelpFunc(showHelp)
	addGroup(root, "Author", newInit(system, nil), newStatus(system, nil), newImport(system), newMigrate(system, nil), newExplain(system, nil))
	addGroup(root, "Review", newValidate(system, nil), newRender(system, nil), newReview(system, nil), newDescribe(system, nil))
	addGroup(root, "Operate", newDiff(system, nil), newCollect(system, nil), newCheck(system, nil), newExchange(system))
	addGroup(root, "Credentials", newCA(system), newCredentials(system), newSeal(system, nil))
	root.AddCommand(newCompletion(system), newVersion(system, nil))
	for _, cmd := range root.Commands() {
		cmd.DisableFlagsInUseLine = true
	}
	return root
}

// addGroup lists commands under a heading of the help.
func addGroup(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title + " commands:"})
	for _, cmd := range commands {
		cmd.GroupID = title
	}
	root.AddCommand(commands...)
}

// newHelp is cobra's command, except that unknown names are an error.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			switch {
			case err == nil && len(rest) > 0 && target.HasSubCommands():
				return unknownCommand(target, rest[0])
			case err != nil || len(rest) > 0:
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			return target.Help()
		},
		DisableFlagsInUseLine: true,
	}
}
