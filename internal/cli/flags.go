package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// addOutput adds -o with a closed list of formats; an empty one means text for people.
func addOutput(cmd *cobra.Command, output *string, preset string, formats ...string) {
	cmd.Flags().StringVarP(output, "output", "o", preset, "output format: "+strings.Join(formats, ", "))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

func checkOutput(output string, formats ...string) error {
	return checkWord("--output", output, formats...)
}

// checkWord checks a flag with a closed vocabulary.
func checkWord(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == "" })
	hint := "use one of " + strings.Join(words, ", ")
	if near, ok := nearest.Name(value, words); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return verdict.Inputf(hint, "%s does not take %q", flag, value)
}

// checkGiven runs before every command. It refuses a flag without a value, as an unset variable
// in a script leaves it: the default would be another cluster, or stdout instead of a folder.
// It refuses characters that nobody sees as well, which are in no name that anybody meant.
func checkGiven(cmd *cobra.Command, args []string) error {
	var errs []error
	check := func(name, value string) {
		if !printable.Text(value) {
			errs = append(errs, verdict.Inputf("remove the character", "%s contains an unprintable character: %s", name, strconv.QuoteToASCII(value)))
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
	flags.BoolVar(accept, "accept-restart", false, "with --apply: restart istiod after its remote secrets change, where a known fault requires it")
}
