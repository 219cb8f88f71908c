package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-mesh/kubectl-mesh/internal/manual"
)

// showHelp prints the help of a command.
func showHelp(cmd *cobra.Command, _ []string) {
	_ = manual.Print(cmd.OutOrStdout(), pageOf(cmd)) // a closed stream has no reader
}

// pageOf returns a command's help as data.
func pageOf(cmd *cobra.Command) manual.Page {
	cmd.InitDefaultHelpFlag() // otherwise it would be missing from the list of flags
	page := manual.Page{Path: cmd.CommandPath(), Usage: cmd.UseLine(), Text: cmd.Long, Examples: cmd.Example}
	if page.Text == "" {
		page.Text = cmd.Short + "."
	}
	if cmd.HasAvailableSubCommands() && !strings.Contains(cmd.Use, " ") {
		page.Usage = cmd.CommandPath() + " COMMAND"
	}
	for _, group := range append(cmd.Groups(), &cobra.Group{Title: "Other commands:"}) {
		page.Groups = append(page.Groups, groupOf(cmd, group))
	}
	page.Groups = slices.DeleteFunc(page.Groups, func(g manual.Group) bool { return len(g.Commands) == 0 })
	add := func(flag *pflag.Flag) {
		if !flag.Hidden {
			page.Flags = append(page.Flags, flagOf(flag))
		}
	}
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return page
}

func groupOf(cmd *cobra.Command, group *cobra.Group) manual.Group {
	made := manual.Group{Title: strings.TrimSuffix(group.Title, ":")}
	if len(cmd.Groups()) == 0 {
		made.Title = "Commands"
	}
	for _, child := range cmd.Commands() {
		if child.GroupID == group.ID && (child.IsAvailableCommand() || child.Name() == "help") {
			made.Commands = append(made.Commands, manual.Command{Name: child.Name(), Summary: child.Short})
		}
	}
	return made
}

func flagOf(flag *pflag.Flag) manual.Flag {
	value, usage := pflag.UnquoteUsage(flag)
	made := manual.Flag{Name: flag.Name, Short: flag.Shorthand, Value: strings.TrimSuffix(value, "Array"), Usage: usage}
	if !slices.Contains([]string{"", "false", "0", "0s", "[]", "-1"}, flag.DefValue) {
		made.Default = strings.TrimSuffix(flag.DefValue, "0m0s")
	}
	return made
}
