package cli_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

const (
	// maxAttackTime and maxAttackMemory bound a command on any of these inputs. Memory is all that it allocates,
	// most of it one after the other: an answer of 64 MiB is read into growing buffers.
	maxAttackTime   = 20 * time.Second
	maxAttackMemory = 1 << 30
)

// attack is one hostile input: a workspace, or what answers instead of an API server.
type attack struct {
	name  string
	files map[string]string // beside those of twoClusters, or instead of them
	// prepare does what files cannot, in the workspace.
	prepare func(t *testing.T)
	runs    []attempt
}

// attempt is a command on it.
type attempt struct {
	args  string
	exits []int // one of them
	says  []string
}

// TestHostile attacks each row of the table of trust boundaries in SECURITY.md with the real commands. Whatever
// they are given: the exit code is one of those that were promised, what is wrong is named, nothing is written
// outside of the workspace, nothing of the input is executed, no token is shown and nothing that is not printed,
// and neither time nor memory is without bound.
func TestHostile(t *testing.T) {
	for row, attacks := range map[string]func(*testing.T) []attack{
		"mesh.yaml, flags, kubeconfig": meshAttacks,
		"facts":                        factsAttacks,
		"state.yaml":                   stateAttacks,
		"certificates and requests":    certificateAttacks,
		"API servers":                  serverAttacks,
		"git and settings":             settingsAttacks,
		"sealed files":                 sealedAttacks,
	} {
		t.Run(row, func(t *testing.T) {
			all, runs := attacks(t), 0
			for _, attack := range all {
				runs += len(attack.runs)
				t.Run(attack.name, attack.check)
			}
			t.Logf("%s: %d inputs, %d runs", row, len(all), runs)
		})
	}
}

func (a attack) check(t *testing.T) {
	outer := t.TempDir()
	for _, dir := range []string{"workspace", "outside"} {
		if err := os.Mkdir(filepath.Join(outer, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(outer, "workspace"))
	t.Setenv("KUBECONFIG", "no-kubeconfig")
	if err := repository.Init("."); err != nil {
		t.Fatal(err)
	}
	files := twoClusters()
	maps.Copy(files, a.files)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if a.prepare != nil {
		a.prepare(t)
	}
	before := outside(t, outer)
	for _, attempt := range a.runs {
		attempt.check(t)
		if after := outside(t, outer); !slices.Equal(before, after) {
			t.Errorf("%s: outside of the workspace there were %v, and are %v", attempt.args, before, after)
		}
	}
}

func (a attempt) check(t *testing.T) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	got := run(false, strings.Fields(a.args)...)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > maxAttackTime {
		t.Errorf("%s: took %s", a.args, took)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > maxAttackMemory {
		t.Errorf("%s: allocated %d MiB", a.args, used>>20)
	}
	if !slices.Contains(a.exits, got.code) {
		t.Errorf("%s: exit code %d, want one of %v\n%s", a.args, got.code, a.exits, got.stderr)
	}
	if got.code != 0 {
		for _, want := range a.says {
			if !strings.Contains(got.stdout+got.stderr, want) {
				t.Errorf("%s: does not name %q:\n%s%s", a.args, want, got.stdout, got.stderr)
			}
		}
	}
	for stream, text := range map[string]string{"stdout": got.stdout, "stderr": got.stderr} {
		if at := printable.Invisible(strings.ReplaceAll(text, "\n", " ")); at >= 0 {
			t.Errorf("%s: %s holds %+q", a.args, stream, text[max(0, at-20):min(len(text), at+20)])
		}
		for _, secret := range []string{"signed-for-east", "signed-for-west", fakeapi.AdminToken} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s holds a token", a.args, stream)
			}
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "hint: forged") || strings.HasPrefix(line, "error: forged") {
				t.Errorf("%s: %s has a line that the program did not write: %s", a.args, stream, line)
			}
		}
	}
	if _, err := os.Stat(filepath.Join("..", "outside", "executed")); err == nil {
		t.Errorf("%s: a program of the input was executed", a.args)
	}
}

// outside lists what is around the workspace.
func outside(t *testing.T, outer string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(outer, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "workspace" {
			return fs.SkipDir
		}
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// execute is a command that a test would notice.
func execute(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "outside"))
	if err != nil {
		t.Fatal(err)
	}
	return "touch '" + filepath.Join(dir, "executed") + "'"
}
