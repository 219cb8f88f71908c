// Command dist builds what a release consists of: an archive for each platform and the checksums of all.
// The same commit, version and Go toolchain give the same bytes on every machine, so that anyone can check a release.
// It runs at the top of the repository.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

// release is what all its archives have in common.
type release struct {
	version string
	modTime time.Time // of every file in the archives
	dir     string    // where the archives go; removed first
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("dist", flag.ContinueOnError)
	version := flags.String("version", "", "the version to build, as v1.2.3")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *version == "" {
		return errors.New("-version is required")
	}
	modTime, err := sourceDate(os.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return err
	}
	return release{*version, modTime, "dist"}.build(ctx)
}

// sourceDate reads SOURCE_DATE_EPOCH, by which builders agree on a date (https://reproducible-builds.org). Without it
// the date is the first one that a zip archive can hold.
func sourceDate(epoch string) (time.Time, error) {
	if epoch == "" {
		return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("read SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// build starts from an empty directory, so that nothing of an older release is published with this one.
func (r release) build(ctx context.Context) error {
	if err := os.RemoveAll(r.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	var archives []string
	for _, p := range platforms() {
		archive := filepath.Join(r.dir, p.archiveName(r.version))
		if err := r.buildPlatform(ctx, p, archive); err != nil {
			return fmt.Errorf("build %s: %w", archive, err)
		}
		fmt.Fprintln(os.Stderr, archive)
		archives = append(archives, archive)
	}
	return writeChecksums(filepath.Join(r.dir, "checksums.txt"), archives)
}

func (r release) buildPlatform(ctx context.Context, p platform, archive string) error {
	tmp, err := os.MkdirTemp("", "kubectl-mesh-dist-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	binary := filepath.Join(tmp, p.binaryName())
	if err := r.compile(ctx, p, binary); err != nil {
		return err
	}
	return p.pack(archive, p.content(binary), r.modTime)
}

// compile leaves out what differs between machines: paths, the state of the git checkout, a C library.
func (r release) compile(ctx context.Context, p platform, binary string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X main.version="+r.version, "-o", binary, "./cmd/kubectl-mesh")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
