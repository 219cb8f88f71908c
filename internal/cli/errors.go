package cli

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// flagError converts an error about flags to an input error.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
		if near, ok := nearest.Name(unknown.GetSpecifiedName(), names); ok {
			return verdict.Input(hint.Add(err, "did you mean --"+near+"?"))
		}
	}
	return verdict.Input(hint.Add(err, cmd.CommandPath()+" --help"))
}

// noArguments is for commands with flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return unknownCommand(cmd, args[0])
	}
	return verdict.Inputf(cmd.CommandPath()+" --help", "%s accepts no arguments, got %q", cmd.CommandPath(), args[0])
}

// suggestions returns the commands with that prefix, or those with a similar name.
func suggestions(root *cobra.Command, name string) []string {
	near := root.SuggestionsFor(name)
	begin := slices.DeleteFunc(slices.Clone(near), func(command string) bool { return !strings.HasPrefix(command, name) })
	if len(begin) > 0 {
		return begin
	}
	return near
}

func unknownCommand(group *cobra.Command, name string) error {
	remedy := group.CommandPath() + " --help"
	group.SuggestionsMinimumDistance = max(group.SuggestionsMinimumDistance, 2) // cobra sets it only for its own errors
	near := suggestions(group, name)
	if len(near) == 0 {
		near = elsewhere(group.Root(), name)
	}
	if len(near) > 0 && name != "" {
		remedy = "did you mean " + strings.Join(near, ", ") + "?"
	}
	return verdict.Inputf(remedy, "unknown command %q for %q", name, group.CommandPath())
}

// elsewhere returns the commands with that name in any group: ca and credentials both have rotate.
func elsewhere(root *cobra.Command, name string) []string {
	var paths []string
	for _, group := range append([]*cobra.Command{root}, root.Commands()...) {
		for _, command := range group.Commands() {
			if command.IsAvailableCommand() && command.Name() == name {
				paths = append(paths, command.CommandPath())
			}
		}
	}
	return paths
}

// exitCode prints an error and returns its exit code.
func exitCode(w io.Writer, err error) int {
	if errors.Is(err, errDiffers) || errors.Is(err, errUnhealthy) {
		return verdict.CodeFailed // the output was the difference
	}
	if errors.Is(err, verdict.ErrIncomplete) && verdict.Code(err) == verdict.CodeIncomplete {
		return verdict.CodeIncomplete // what is missing was already printed
	}
	problems, found := errors.AsType[*workspace.Problems](err)
	if found {
		terminal.Stopping(w, problems.List, problems.Rest, problems.Validate)
	}
	if err != nil {
		terminal.Error(w, err)
	}
	code := verdict.Code(err)
	if _, leak := errors.AsType[*leaks.Error](err); code == verdict.CodeFailed && (leak || found) {
		return verdict.CodeInput
	}
	return code
}
