//go:build unix

package scan_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/scan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// TestScanOfAnotherOwner: a repository that git does not trust is looked at like a directory without git, with one
// warning.
func TestScanOfAnotherOwner(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	h.Write("notes.txt", secret())
	if err := repository.Init(h.Dir()); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	script := "#!/bin/sh\nPATH=${PATH#*:} GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	var warned []hint.Notice
	got, err := scan.Run(t.Context(), scan.Input{Dir: h.Dir(), Environ: os.Environ(), Log: func(notice hint.Notice) { warned = append(warned, notice) }})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"json-web-token notes.txt:1"}, found(h, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(warned) != 1 || !strings.Contains(warned[0].Text, "tracked files were not checked: ") ||
		!strings.Contains(warned[0].Text, "the Git repository is owned by another user") || len(warned[0].Remedies) != 1 {
		t.Errorf("warned of %+v", warned)
	}
}
