package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeChecksums writes what `sha256sum --check` reads, one line for each file, by its bare name.
func writeChecksums(to string, files []string) error {
	var list strings.Builder
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(data), filepath.Base(name))
	}
	return os.WriteFile(to, []byte(list.String()), 0o644)
}
