package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestCommandsAreGrouped: help lists every command under a heading, apart from those that are about the program itself.
func TestCommandsAreGrouped(t *testing.T) {
	for _, cmd := range newRoot(System{}).Commands() {
		if alone := slices.Contains([]string{"completion", "version"}, cmd.Name()); alone == (cmd.GroupID != "") {
			t.Errorf("%s is in group %q", cmd.Name(), cmd.GroupID)
		}
	}
}

// TestEveryCommandHasAnExample: one that begins with the command itself.
func TestEveryCommandHasAnExample(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		isOwn := strings.Contains(cmd.Example, cmd.CommandPath())
		if !isOwn && cmd.Name() != "help" {
			t.Errorf("%s: no example of it in %q", cmd.CommandPath(), cmd.Example)
		}
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(newRoot(System{}))
}
