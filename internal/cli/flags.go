package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
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
	return inputErrorf(hint, "%s does not take %q", flag, value)
}
