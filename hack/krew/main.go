// Command krew fills the tokens of krew-manifest.yaml and writes the manifest that goes to a krew index.
// It writes nothing that krew would refuse.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("krew", flag.ContinueOnError)
	version := flags.String("version", "", "the released version, as v1.2.3")
	from := flags.String("manifest", "krew-manifest.yaml", "the manifest with tokens")
	checksums := flags.String("checksums", "dist/checksums.txt", "the checksums of the archives")
	to := flags.String("output", "dist/krew/mesh.yaml", "the file to write; krew wants it called after the plugin")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return fillFile(*from, *checksums, *version, *to)
}

func fillFile(from, checksums, version, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	list, err := os.ReadFile(checksums)
	if err != nil {
		return err
	}
	sums, err := parseChecksums(list)
	if err != nil {
		return err
	}
	filled, err := fill(text, version, sums)
	if err != nil {
		return err
	}
	m, err := decode(filled)
	if err != nil {
		return fmt.Errorf("read the filled manifest: %w", err)
	}
	if err := check(strings.TrimSuffix(filepath.Base(to), ".yaml"), m); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, filled, 0o644)
}
