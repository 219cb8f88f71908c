// Command istiods makes sure that the istiods of all lines are there, compiling what is missing, and prints their
// paths. It may import the packages clusters and istiod and the standard library.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	dirs, err := istiod.Find("lines")
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		line, err := istiod.Build(ctx, dir)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, line.Program); err != nil {
			return err
		}
	}
	return nil
}
