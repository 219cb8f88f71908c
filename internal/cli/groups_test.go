package cli

import (
	"slices"
	"testing"
)

// TestCommandsAreGrouped: help lists every command under a heading, apart from those that are about the program itself.
func TestCommandsAreGrouped(t *testing.T) {
	for _, cmd := range newRoot(System{}).Commands() {
		if alone := slices.Contains([]string{"completion", "version"}, cmd.Name()); alone == (cmd.GroupID != "") {
			t.Errorf("%s is in group %q", cmd.Name(), cmd.GroupID)
		}
	}
}
