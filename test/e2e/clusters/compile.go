package clusters

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// compileInto builds one program of the clusters.
func compileInto(ctx context.Context, path string, p part, v versions) error {
	dir, err := home()
	if err != nil {
		return err
	}
	return Compile(ctx, dir, p.pkg, path, linkFlags(v))
}

// Compile builds the main package pkg of the module in dir beside path and renames it: a second process that builds
// the same never sees half a file, and whoever is last replaces equal bytes.
func Compile(ctx context.Context, dir, pkg, path, ldflags string) error {
	name := filepath.Base(path)
	temp, err := os.MkdirTemp(filepath.Dir(path), "build-")
	if err != nil {
		return fmt.Errorf("make a build folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(temp) }() // what stays is clutter in a cache
	built := filepath.Join(temp, name)
	if _, err := Go(ctx, dir, "build", "-ldflags="+ldflags, "-o", built, pkg); err != nil {
		return fmt.Errorf("build %s: %w", name, err)
	}
	if err := os.Rename(built, path); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}

// linkFlags give the programs their version: built without, /version answers with a placeholder that is no version.
func linkFlags(v versions) string {
	major, minor, _ := strings.Cut(strings.TrimPrefix(v.kubernetes, "v"), ".")
	minor, _, _ = strings.Cut(minor, ".")
	flags := []string{"-s", "-w"}
	for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		flags = append(flags,
			"-X "+pkg+".gitVersion="+v.kubernetes,
			"-X "+pkg+".gitMajor="+major,
			"-X "+pkg+".gitMinor="+minor,
			"-X "+pkg+".gitTreeState=clean",
		)
	}
	return strings.Join(flags, " ")
}
