package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

func newCompletion(system System) *cobra.Command {
	shells := []string{"kubectl", "bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion kubectl|bash|zsh|fish|powershell",
		Short: "Print a completion script",
		Long: `Print a completion script. To complete "kubectl mesh", set up completion for kubectl, which runs the
program kubectl_complete-mesh; "completion kubectl" prints it. The other scripts complete the command
kubectl-mesh.`,
		Example: `  # Install completion for kubectl mesh
  kubectl mesh completion kubectl > ~/.local/bin/kubectl_complete-mesh
  chmod +x ~/.local/bin/kubectl_complete-mesh`,
		ValidArgs: shells,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && slices.Contains(shells, args[0]) {
				return nil
			}
			return verdict.Inputf("use one of "+strings.Join(shells, ", "), "%s requires one shell", cmd.CommandPath())
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(system.Out, true)
			case "zsh":
				return root.GenZshCompletion(system.Out)
			case "fish":
				return root.GenFishCompletion(system.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(system.Out)
			}
			shim, err := templates.FS.ReadFile(templates.CompletionShim)
			if err != nil {
				return fmt.Errorf("read completion shim: %w", err)
			}
			_, err = system.Out.Write(shim)
			return err
		},
	}
}
