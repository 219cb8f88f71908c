package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// interruptible marks commands that return when their context ends.
const interruptible = "kubectl-mesh.dev/interruptible"

func markInterruptible(cmd *cobra.Command) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[interruptible] = "true"
}

// isInterruptible reports whether the command in the arguments is marked. A signal terminates any other command
// immediately, like any program: it waits for nothing, and its writes are atomic.
func isInterruptible(root *cobra.Command, args []string) bool {
	cmd, _, err := root.Find(args)
	return err == nil && cmd.Annotations[interruptible] != ""
}

// progressOf returns the name of the command on the progress line.
func progressOf(root *cobra.Command, args []string) string {
	cmd, _, err := root.Find(args)
	if err != nil {
		return root.CommandPath()
	}
	return cmd.CommandPath()
}

// interrupt is the context of a run, and what cancels it.
type interrupt struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newInterrupt() *interrupt {
	ctx, cancel := context.WithCancel(context.Background())
	return &interrupt{ctx: ctx, cancel: cancel}
}

// context is never cancelled without an interrupt, as in tests of single commands.
func (i *interrupt) context() context.Context {
	if i == nil {
		return context.Background()
	}
	return i.ctx
}

// listen cancels the context on the first SIGINT or SIGTERM, and lets the second one terminate the program.
func (i *interrupt) listen() {
	received, stop := signal.NotifyContext(i.ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(received, func() {
		stop()
		i.cancel()
	})
}
