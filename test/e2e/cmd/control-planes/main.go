// Command control-planes makes sure that the programs of the test clusters are there, compiling what is missing, and
// prints their paths. It may import the package clusters and the standard library.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
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
	binaries, err := clusters.Build(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n%s\n%s\n", binaries.Etcd, binaries.APIServer, binaries.ControllerManager)
	return err
}
