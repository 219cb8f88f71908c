package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// interruptible marks the commands that end by themselves when their context does.
const interruptible = "kubectl-mesh.dev/interruptible"

func markInterruptible(cmd *cobra.Command) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[interruptible] = "true"
}

// commandContext returns the context for the command that the arguments name. For one that is
// marked interruptible it ends on SIGINT and SIGTERM, the first time; the second signal ends
// the program. Any other command a signal ends at once, as it ends any program: it waits for
// nothing, and what it writes is written as a whole.
func commandContext(root *cobra.Command, args []string) (context.Context, func()) {
	cmd, _, err := root.Find(args)
	if err != nil || cmd.Annotations[interruptible] == "" {
		return context.Background(), func() {}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
