package scan_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/scan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// secret is a line with a credential.
func secret() string { return "token: " + fakeapi.JWT(map[string]any{"sub": "somebody"}) + "\n" }

// found are the problems, a line for each: rule, place, remedy.
func found(h *testmesh.Fixture, in scan.Found) []string {
	var lines []string
	for _, problem := range in.Problems {
		line := fmt.Sprintf("%s %s:%d", problem.Rule, h.Normalize(problem.File), problem.Line)
		if problem.Hint != "" {
			line += " | " + h.Normalize(problem.Hint)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestScan: without git, all but the credentials may be committed; those are looked at for who may read them.
func TestScan(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	h.Write("notes.txt", "a\n"+secret())
	h.Write("deploy/overlays/east/secret.yaml", secret())
	h.Write("credentials/west/east/token", secret())
	h.Write("credentials/east/west/token", secret())
	h.Write("credentials/.gitignore", "*\n")
	h.Write(".git/config", secret())
	for name, mode := range map[string]os.FileMode{"credentials/east/west/token": 0o640, "credentials/.gitignore": 0o644} {
		if err := os.Chmod(filepath.Join(h.Dir(), filepath.FromSlash(name)), mode); err != nil {
			t.Fatal(err)
		}
	}
	got, err := scan.Run(t.Context(), scan.Input{Dir: h.Dir(), Log: h.Log})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"json-web-token deploy/overlays/east/secret.yaml:1", "json-web-token notes.txt:2",
		"open-credential credentials/east/west/token:0 | chmod 600 credentials/east/west/token"}
	if diff := cmp.Diff(want, found(h, got)); diff != "" || got.Files != 3 {
		t.Errorf("%d files (-want +got):\n%s", got.Files, diff)
	}
	if message := got.Problems[2].Message; message != "this credential is accessible to other users (mode 0640)" {
		t.Errorf("got %q", message)
	}
}

// TestScanPaths looks at what is named, and at nothing else.
func TestScanPaths(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	h.Write("a.txt", secret())
	h.Write("b/c.txt", secret())
	h.Write("b/d.txt", "nothing\n")
	h.Write("credentials/west/east/token", secret())
	if err := os.Symlink(filepath.Join(h.Dir(), "a.txt"), filepath.Join(h.Dir(), "b", "link.txt")); err != nil {
		t.Fatal(err)
	}
	in := func(paths ...string) scan.Input {
		for i := range paths {
			paths[i] = filepath.Join(h.Dir(), paths[i])
		}
		return scan.Input{Dir: h.Dir(), Paths: paths, Log: h.Log}
	}
	got, err := scan.Run(t.Context(), in("b"))
	if diff := cmp.Diff([]string{"json-web-token b/c.txt:1"}, found(h, got)); diff != "" || err != nil || got.Files != 2 {
		t.Errorf("a folder: %d files, %v (-want +got):\n%s", got.Files, err, diff)
	}
	got, err = scan.Run(t.Context(), in("credentials/west/east/token"))
	if diff := cmp.Diff([]string{"json-web-token credentials/west/east/token:1"}, found(h, got)); diff != "" || err != nil {
		t.Errorf("a file: %v (-want +got):\n%s", err, diff)
	}
	_, err = scan.Run(t.Context(), in("no.txt"))
	if diff := cmp.Diff([]string{`lstat "no.txt": no such file or directory`}, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("no file (-want +got):\n%s", diff)
	}
}

func TestScanStops(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	_, err := scan.Run(t.Context(), scan.Input{Dir: filepath.Join(h.Dir(), "none")})
	if diff := cmp.Diff([]string{`directory "none" does not exist | specify the mesh file with -f`}, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("no folder (-want +got):\n%s", diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := scan.Run(ctx, scan.Input{Dir: h.Dir()}); !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("interrupted: got %v", err)
	}
}

// TestScanLongFile: what was not looked at is said.
func TestScanLongFile(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	const size = 32<<20 + 1
	file, err := os.Create(filepath.Join(h.Dir(), "long.bin"))
	if err == nil {
		err = errors.Join(file.Truncate(size), file.Close()) // of zeros, which no disk holds
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scan.Run(t.Context(), scan.Input{Dir: h.Dir(), Log: h.Log}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"warning: long.bin: only the first 32 MiB were scanned"}, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}
