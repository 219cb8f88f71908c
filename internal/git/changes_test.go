package git

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func (f *fixture) wantChanges(changes []Change, err error, want ...string) {
	f.Helper()
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s", c.Kind, c.Path))
	}
	f.wantPaths("changes", got, err, want...)
}

func TestChanges(t *testing.T) {
	for name, test := range map[string]struct {
		change func(f *fixture)
		paths  []string
		want   []string
	}{
		"none":                   {change: func(f *fixture) {}},
		"elsewhere":              {change: func(f *fixture) { f.write("mesh/mesh.yaml", "edited\n"); f.write("mesh/new", "") }, paths: []string{"clusters"}},
		"edited":                 {change: func(f *fixture) { f.write("mesh/mesh.yaml", "kind: mesh\n") }, want: []string{"modified mesh.yaml"}},
		"edited and staged":      {change: func(f *fixture) { f.write("mesh/mesh.yaml", "x\n"); f.git("add", "--all") }, want: []string{"staged mesh.yaml"}},
		"staged and edited back": {change: stagedAndBack, want: []string{"modified mesh.yaml", "staged mesh.yaml"}},
		"deleted":                {change: func(f *fixture) { f.remove("mesh/clusters/east.yaml") }, want: []string{"deleted clusters/east.yaml"}},
		"deletion staged":        {change: func(f *fixture) { f.git("rm", "--quiet", "mesh.yaml") }, want: []string{"staged mesh.yaml"}},
		"removed from the index": {change: func(f *fixture) { f.git("rm", "--quiet", "--cached", "mesh.yaml") }, want: []string{"staged mesh.yaml", "untracked mesh.yaml"}},
		"new":                    {change: func(f *fixture) { f.write("mesh/clusters/x y", "") }, paths: []string{"clusters"}, want: []string{"untracked clusters/x y"}},
		"new and ignored":        {change: func(f *fixture) { f.write("mesh/credentials/a", "") }, want: []string{"ignored credentials/a"}},
		"intent to add":          {change: func(f *fixture) { f.write("mesh/new", ""); f.git("add", "--intent-to-add", "new") }, want: []string{"staged new"}},
		"permissions staged":     {change: func(f *fixture) { f.git("update-index", "--chmod=+x", "mesh.yaml") }, want: []string{"staged mesh.yaml"}},
		"a directory for a file": {
			change: func(f *fixture) { f.remove("mesh/mesh.yaml"); f.write("mesh/mesh.yaml/x", "") },
			want:   []string{"modified mesh.yaml", "untracked mesh.yaml/x"},
		},
		"a file for a directory": {
			change: func(f *fixture) { f.remove("mesh/clusters"); f.write("mesh/clusters", "") },
			want:   []string{"untracked clusters", "deleted clusters/east.yaml", "deleted clusters/west.yaml"},
		},
		"a link to the same content": {
			change: func(f *fixture) {
				f.remove("mesh/clusters")
				f.write("clusters/east.yaml", "east\n")
				f.write("clusters/west.yaml", "west\n")
				f.symlink("../clusters", "mesh/clusters")
			},
			want: []string{"untracked clusters", "deleted clusters/east.yaml", "deleted clusters/west.yaml"},
		},
		"hidden by assume-unchanged": {
			change: func(f *fixture) {
				f.git("update-index", "--assume-unchanged", "mesh.yaml")
				f.git("update-index", "--skip-worktree", "clusters/east.yaml")
				f.write("mesh/mesh.yaml", "hidden\n")
				f.write("mesh/clusters/east.yaml", "hidden\n")
			},
			want: []string{"modified clusters/east.yaml", "modified mesh.yaml"},
		},
		"hidden by a filter": {
			change: func(f *fixture) {
				f.git("config", "filter.x.clean", "git show HEAD:%f")
				f.write("mesh/.git/info/attributes", "* filter=x\n")
				f.write("mesh/mesh.yaml", "hidden\n")
			},
			want: []string{"modified mesh.yaml"},
		},
		"other line ends": {
			change: func(f *fixture) {
				f.git("config", "core.autocrlf", "true")
				f.write("mesh/mesh.yaml", "kind: Mesh\r\n")
			},
			want: []string{"modified mesh.yaml"},
		},
		"a nested repository": {
			change: func(f *fixture) { f.git("init", "--quiet", "nested"); f.write("mesh/nested/x", "") },
			want:   []string{"untracked nested/"},
		},
		"a submodule": {change: func(f *fixture) { submodule(f, "") }, want: []string{"modified sub"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := repository(t)
			test.change(f)
			changes, err := f.open().Changes(t.Context(), test.paths...)
			f.wantChanges(changes, err, test.want...)
		})
	}
}

func stagedAndBack(f *fixture) {
	f.write("mesh/mesh.yaml", "x\n")
	f.git("add", "--all")
	f.write("mesh/mesh.yaml", "kind: Mesh\n")
}

func TestChangesOfLinks(t *testing.T) {
	f := repository(t)
	f.symlink("mesh.yaml", "mesh/link")
	f.commit("link")
	changes, err := f.open().Changes(t.Context())
	f.wantChanges(changes, err)
	f.remove("mesh/link")
	f.symlink("clusters", "mesh/link")
	changes, err = f.open().Changes(t.Context())
	f.wantChanges(changes, err, "modified link")
}

func TestChangesWithoutCommit(t *testing.T) {
	f := empty(t)
	f.git("init", "--quiet")
	f.write("mesh/mesh.yaml", "")
	f.write("mesh/new", "")
	f.git("add", "mesh.yaml")
	changes, err := f.open().Changes(t.Context())
	f.wantChanges(changes, err, "staged mesh.yaml", "untracked new")
}

// Below the top, other directories of the repository do not count.
func TestChangesBelowTheTop(t *testing.T) {
	f := repository(t)
	f.write("mesh/mesh.yaml", "edited\n")
	f.write("mesh/clusters/east.yaml", "edited\n")
	f.dir = f.path("mesh/clusters")
	changes, err := f.open().Changes(t.Context())
	f.wantChanges(changes, err, "modified east.yaml")
}

func TestChangesUnreadable(t *testing.T) {
	f := repository(t)
	if os.Geteuid() <= 0 {
		t.Skip("root reads everything, and Windows has no such modes")
	}
	if err := os.Chmod(f.path("mesh/mesh.yaml"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.open().Changes(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "compare with Git: ") {
		t.Errorf("got error %v", err)
	}
}
