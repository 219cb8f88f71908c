package cli

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// addOutput adds -o with a fixed list of formats; empty means text for people.
func addOutput(cmd *cobra.Command, output *string, preset string, formats ...string) {
	cmd.Flags().StringVarP(output, "output", "o", preset, "output format: "+strings.Join(formats, ", "))
	completeWords(cmd, "output", formats...)
}

// completeWords completes a flag with fixed values.
func completeWords(cmd *cobra.Command, flag string, words ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

func checkOutput(output string, formats ...string) error {
	return verdict.Word("--output", output, formats...)
}

// checkGiven runs before every command. It rejects flags with an empty value, the result of an unset variable in a
// script: the default would be another cluster, or stdout instead of a directory. It also rejects invisible characters,
// which no valid name contains.
func checkGiven(cmd *cobra.Command, args []string) error {
	var errs []error
	check := func(name, value string) {
		if !printable.Text(value) {
			errs = append(errs, verdict.Inputf("remove the character",
				"%s contains an unprintable character: %s", name, strconv.QuoteToASCII(value)))
		}
	}
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		values := []string{flag.Value.String()}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			if value == "" {
				errs = append(errs, verdict.Inputf("specify a value, or omit the flag", "--%s is empty", flag.Name))
			}
			check("--"+flag.Name, value)
		}
	})
	for _, arg := range args {
		check("the argument", arg)
	}
	return errors.Join(errs...)
}

func addFilename(cmd *cobra.Command, filename *string) {
	cmd.Flags().StringVarP(filename, "filename", "f", "mesh.yaml", "mesh file; - reads stdin, relative to the current directory")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml")
}

func addAcceptRestart(flags *pflag.FlagSet, accept *bool) {
	flags.BoolVar(accept, "accept-restart", false,
		"with --apply: restart istiod after its remote secrets change, where a known fault requires it")
}
