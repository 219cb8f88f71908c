package git

import (
	"slices"
	"testing"
)

func (f *fixture) wantPaths(what string, got []string, err error, want ...string) {
	f.Helper()
	if err != nil || !slices.Equal(got, want) {
		f.Errorf("%s: got %q, error %v, want %q", what, got, err, want)
	}
}

func TestTracked(t *testing.T) {
	f := repository(t)
	f.write("mesh/a*", "")
	f.write("mesh/ab", "")
	f.write("mesh/:x", "")
	f.commit("names that could be patterns")
	f.write("mesh/new", "")
	r := f.open()
	for _, test := range []struct{ paths, want []string }{
		{nil, []string{".gitignore", ":x", "a*", "ab", "clusters/east.yaml", "clusters/west.yaml", "mesh.yaml"}},
		{[]string{"clusters"}, []string{"clusters/east.yaml", "clusters/west.yaml"}},
		{[]string{"a*"}, []string{"a*"}},
		{[]string{":x", "mesh.yaml"}, []string{":x", "mesh.yaml"}},
		{[]string{"clust", "new"}, nil},
	} {
		got, err := r.Tracked(t.Context(), test.paths...)
		f.wantPaths("tracked", got, err, test.want...)
	}
	below, err := Open(t.Context(), Input{Dir: f.path("mesh/clusters"), Environ: f.env})
	if err != nil {
		t.Fatal(err)
	}
	got, err := below.Tracked(t.Context())
	f.wantPaths("below the top", got, err, "east.yaml", "west.yaml")
	if _, err := below.Tracked(t.Context(), "../mesh.yaml", "/x"); err == nil ||
		err.Error() != "list tracked files: \"../mesh.yaml\": not a path below the directory\n\"/x\": not a path below the directory" {
		t.Errorf("got error %v", err)
	}
}

// A path in conflict is one path.
func TestTrackedInConflict(t *testing.T) {
	f := repository(t)
	f.git("checkout", "--quiet", "-b", "other")
	f.write("mesh/mesh.yaml", "other\n")
	f.commit("other")
	f.git("checkout", "--quiet", "main")
	f.write("mesh/mesh.yaml", "main\n")
	f.commit("main")
	if out, err := f.try("merge", "other"); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	r := f.open()
	got, err := r.Tracked(t.Context(), "mesh.yaml")
	f.wantPaths("tracked", got, err, "mesh.yaml")
	changes, err := r.Changes(t.Context())
	f.wantChanges(changes, err, "conflict mesh.yaml")
}

func TestFiles(t *testing.T) {
	f := repository(t)
	submodule(f, "")
	f.write("mesh/sub/inside", "")
	f.write("mesh/nested/inside", "")
	f.git("init", "--quiet", "nested")
	f.write("mesh/credentials/token", "")
	f.write("mesh/new", "")
	f.remove("mesh/clusters/west.yaml")
	got, err := f.open().Files(t.Context())
	f.wantPaths("files", got, err, ".gitignore", ".gitmodules", "clusters/east.yaml", "clusters/west.yaml", "mesh.yaml", "new")
}

func TestIgnored(t *testing.T) {
	f := repository(t)
	f.write("mesh/.gitignore", "/credentials/\n*.log\n!keep.log\n/a[b]\n")
	f.write("mesh/tracked.log", "")
	f.git("add", "--force", "tracked.log")
	r := f.open()
	got, err := r.Ignored(t.Context(), "credentials/x/y", "credentials", "x.log", "keep.log", "tracked.log", "ab", "a[b]", ":(glob)x.log", "mesh.yaml")
	f.wantPaths("ignored", got, err, "credentials/x/y", "x.log", "ab", ":(glob)x.log")
	got, err = r.Ignored(t.Context(), "mesh.yaml")
	f.wantPaths("none", got, err)
	got, err = r.Ignored(t.Context())
	f.wantPaths("of nothing", got, err)
	f.symlink("clusters", "mesh/link")
	if _, err := r.Ignored(t.Context(), "link/x"); err == nil || err.Error() != "list ignored files: git check-ignore: pathspec './link/x' is beyond a symbolic link" {
		t.Errorf("got error %v", err)
	}
}
