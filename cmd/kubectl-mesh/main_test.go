package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-mesh": func() {
		version = "v0.0.0-linked" // as the linker does
		main()
	}})
}

// TestScript runs what only the program has: the streams of the process, its exit code, a
// terminal. The rest is tested in internal/cli.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "script")})
}
