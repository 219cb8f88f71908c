// Command proxies makes sure that Envoy and the pilot-agents of all lines are there, fetching and compiling what is
// missing, and prints their paths.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/proxy"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	if sandbox.Missing() != nil {
		return nil // the tests say so
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	envoy, err := proxy.Envoy(ctx)
	if err != nil {
		return err
	}
	paths := []string{envoy}
	dirs, err := istiod.Find("lines")
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		line, err := istiod.Build(ctx, dir)
		if err == nil {
			line, err = line.WithAgent(ctx)
		}
		if err != nil {
			return err
		}
		paths = append(paths, line.Agent)
	}
	for _, path := range paths {
		if _, err := fmt.Fprintln(out, path); err != nil {
			return err
		}
	}
	return nil
}
