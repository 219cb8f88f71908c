package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// saveDumps is how the files come into a directory.
const saveDumps = "save gcloud's output in the directory: " +
	"gcloud container clusters list --format=json > clusters.json, and " +
	"gcloud compute firewall-rules list --format=json > rules.json"

// ReadDumpDirectory reads gcloud output: the JSON files in a directory.
func ReadDumpDirectory(ctx context.Context, directory string) (gke.Dump, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return gke.Dump{}, verdict.Input(hint.IfMissing(terminal.QuotePath(err), saveDumps))
	}
	var files []string
	for _, entry := range entries { // sorted by name
		if !entry.IsDir() && strings.EqualFold(filepath.Ext(entry.Name()), ".json") {
			files = append(files, filepath.Join(directory, entry.Name()))
		}
	}
	if len(files) == 0 {
		return gke.Dump{}, verdict.Inputf(saveDumps, "%s contains no JSON files", directory)
	}
	return ReadDumps(ctx, nil, files)
}

// ReadDumps reads the gcloud output in files, "-" for stdin, as one dump. It reports every file that cannot be used.
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
			errs = append(errs, verdict.Inputf("use gcloud's flag --format=json", "%s %w", dumpName(name), err))
		case err != nil:
			errs = append(errs, verdict.Inputf("specify output of gcloud container clusters list, compute firewall-rules "+
				"list, compute networks subnets list or container fleet mesh describe, with --format=json",
				"%s: %w", dumpName(name), err))
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
		err = hint.IfMissing(terminal.QuotePath(err),
			"create it with gcloud: kubectl mesh import gke --help lists the commands")
	}
	if _, large := errors.AsType[*input.SizeError](err); large {
		err = hint.Add(fmt.Errorf("%s is larger than %d MiB", dumpName(name), gke.MaxSize>>20), "split it")
	}
	return text, err
}

func dumpName(name string) string {
	if name == "-" {
		return workspace.Stdin
	}
	return name
}
