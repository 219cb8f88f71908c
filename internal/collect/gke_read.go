package collect

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// ReadDumps reads what gcloud has printed into files, "-" for stdin, as one. It reports every file that cannot be used.
func ReadDumps(ctx context.Context, stdin io.Reader, files []string) (gke.Dump, error) {
	var all gke.Dump
	var errs []error
	for _, name := range files {
		text, err := readDump(ctx, stdin, name)
		if err != nil {
			errs = append(errs, verdict.Input(err))
			continue
		}
		dump, err := gke.Parse(text)
		switch {
		case errors.Is(err, gke.ErrNotJSON):
			errs = append(errs, verdict.Inputf("have gcloud print it: --format=json", "%s %w", dumpName(name), err))
		case err != nil:
			errs = append(errs, verdict.Inputf("give what gcloud container clusters list, compute firewall-rules list, compute networks subnets list "+
				"and container fleet mesh describe print with --format=json", "%s: %w", dumpName(name), err))
		}
		all.Add(dump)
	}
	all.Resolve()
	return all, errors.Join(errs...)
}

func readDump(ctx context.Context, stdin io.Reader, name string) (text []byte, err error) {
	if name == "-" {
		text, err = input.All(stdin, dumpName(name), gke.MaxSize)
	} else {
		text, err = input.Read(ctx, name, gke.MaxSize)
		err = terminal.QuotePath(err)
	}
	if _, large := errors.AsType[*input.SizeError](err); large {
		err = hint.Add(fmt.Errorf("%s is larger than %d MiB", dumpName(name), gke.MaxSize>>20), "give it in parts")
	}
	return text, err
}

func dumpName(name string) string {
	if name == "-" {
		return workspace.Stdin
	}
	return name
}
