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

// isInterruptible reports whether the command that the arguments name is marked. Any other one a signal ends at
// once, as it ends any program: it waits for nothing, and what it writes is written as a whole.
func isInterruptible(root *cobra.Command, args []string) bool {
	cmd, _, err := root.Find(args)
	return err == nil && cmd.Annotations[interruptible] != ""
}

// progressOf is what a progress line calls the work.
func progressOf(root *cobra.Command, args []string) string {
	cmd, _, err := root.Find(args)
	if err != nil {
		return root.CommandPath()
	}
	return cmd.CommandPath()
}

// interrupt is the context of a run, and what ends it.
type interrupt struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newInterrupt() *interrupt {
	ctx, cancel := context.WithCancel(context.Background())
	return &interrupt{ctx: ctx, cancel: cancel}
}

// context has no end where there is no interrupt, as in tests of single commands.
func (i *interrupt) context() context.Context {
	if i == nil {
		return context.Background()
	}
	return i.ctx
}

// listen makes the first SIGINT or SIGTERM end the context, and leaves the second one to end the program.
func (i *interrupt) listen() {
	received, stop := signal.NotifyContext(i.ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(received, func() {
		stop()
		i.cancel()
	})
}
