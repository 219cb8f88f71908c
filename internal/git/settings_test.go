package git

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// What the repository configures is outranked, in the order in which git reads its files.
func TestSettingsOutrankTheRepository(t *testing.T) {
	f := repository(t)
	f.git("config", "core.repositoryformatversion", "1")
	f.git("config", "extensions.worktreeConfig", "true")
	want := map[string]string{
		"core.fsmonitor": "", "core.hooksPath": "/dev/null", "core.untrackedCache": "false", "core.commitGraph": "false",
		"safe.bareRepository": "explicit", "fetch.bundleURI": "", "credential.helper": "",
	}
	for name := range want {
		f.git("config", name, "hostile")
		f.git("config", "--worktree", name, "hostile")
		f.git("config", "--global", name, "hostile")
	}
	r := f.open()
	for name, value := range want {
		if got, err := r.run(t.Context(), "config", "--get", name); err != nil || got != value+"\n" {
			t.Errorf("%s: got %q, error %v", name, got, err)
		}
	}
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{
		"PATH=/bin", "GIT_DIR=/x", "GIT_CONFIG_PARAMETERS='core.fsmonitor'='x'", "GIT_SSH_COMMAND=x", "GIT_EXEC_PATH=/x", "git_dir=/x", "GIT_ALLOW_PROTOCOL=ext",
		"GIT_TRACE=1", "GIT_CONFIG_GLOBAL=/g", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CEILING_DIRECTORIES=/c", "LC_ALL=de_DE",
	})
	want := []string{
		"PATH=/bin", "GIT_CONFIG_GLOBAL=/g", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CEILING_DIRECTORIES=/c", "LC_ALL=de_DE",
		"LC_ALL=C", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE=" + os.DevNull,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A revision is what its ID says, whatever the clone puts in its place.
func TestNothingIsReplaced(t *testing.T) {
	f := repository(t)
	f.git("checkout", "--quiet", "--orphan", "alone")
	f.git("commit", "--quiet", "--allow-empty", "-m", "alone")
	main, alone := f.git("rev-parse", "main"), f.git("rev-parse", "alone")
	f.git("replace", f.git("rev-parse", "main:clusters/east.yaml"), f.git("rev-parse", "main:clusters/west.yaml"))
	f.write("mesh/.git/info/grafts", alone+" "+main+"\n")
	if got := f.git("show", "main:clusters/east.yaml") + f.git("merge-base", "main", "alone"); got != "west"+main {
		t.Fatalf("plain git is not taken in: %s", got)
	}
	r := f.open()
	f.wantSnapshot(r, Commit(main), ".gitignore=/credentials/\n", "clusters/east.yaml=east\n", "clusters/west.yaml=west\n", "mesh.yaml=kind: Mesh\n")
	if got, err := r.MergeBase(t.Context(), Commit(main), Commit(alone)); err == nil || !strings.HasSuffix(err.Error(), ": no common ancestor") {
		t.Errorf("got %s, error %v", got, err)
	}
}
