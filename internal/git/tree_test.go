package git

import (
	"bufio"
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// wantSnapshot reads all files of a snapshot.
func (f *fixture) wantSnapshot(r *Repository, commit Commit, want ...string) {
	f.Helper()
	s, err := r.Snapshot(f.Context(), commit)
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	var got []string
	err = fs.WalkDir(s, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(s, path)
		got = append(got, path+"="+string(text))
		return err
	})
	f.wantPaths("files", got, err, want...)
}

func (f *fixture) head(r *Repository) Commit {
	f.Helper()
	commit, err := r.ResolveRevision(f.Context(), "HEAD")
	if err != nil {
		f.Fatal(err)
	}
	return commit
}

func TestSnapshot(t *testing.T) {
	f := repository(t)
	f.write("mesh/a*", "")
	f.write("mesh/ab", "same\n")
	f.write("mesh/line\nbreak", "same\n")
	f.write("mesh/deep/down/binary", "a\x00\n\nb")
	f.commit("more")
	r := f.open()
	commit := f.head(r)
	f.write("mesh/mesh.yaml", "not committed\n")
	f.wantSnapshot(r, commit, ".gitignore=/credentials/\n", "a*=", "ab=same\n", "clusters/east.yaml=east\n", "clusters/west.yaml=west\n",
		"deep/down/binary=a\x00\n\nb", "line\nbreak=same\n", "mesh.yaml=kind: Mesh\n")
	f.dir = f.path("mesh/clusters")
	f.wantSnapshot(f.open(), commit, "east.yaml=east\n", "west.yaml=west\n")
}

// TestSnapshotIsFileSystem: what reads the directory reads a commit, too.
func TestSnapshotIsFileSystem(t *testing.T) {
	f := repository(t)
	r := f.open()
	s, err := r.Snapshot(t.Context(), f.head(r))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if found, err := fs.Glob(s, "clusters/*.yaml"); err != nil || strings.Join(found, " ") != "clusters/east.yaml clusters/west.yaml" {
		t.Errorf("got %q, error %v", found, err)
	}
	for _, name := range []string{"clusters/none.yaml", "mesh.yaml/x", "none", "none/x"} {
		_, errOpen := s.Open(name)
		_, errStat := s.Stat(name)
		_, errDir := s.ReadDir(name)
		for _, err := range []error{errOpen, errStat, errDir} {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: got error %v", name, err)
			}
		}
	}
	for _, name := range []string{"../mesh.yaml", "/etc/passwd", ""} {
		if _, err := s.Open(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestSnapshotOfSHA256(t *testing.T) {
	f := empty(t)
	if !atLeast(f, "2.29") {
		t.Skip("git before 2.29 has no SHA-256")
	}
	f.git("init", "--quiet", "--object-format=sha256")
	f.write("mesh/a", "x\n")
	f.commit("first")
	r := f.open()
	f.wantSnapshot(r, f.head(r), "a=x\n")
	changes, err := r.Changes(t.Context())
	f.wantChanges(changes, err)
}

// Everything that cannot be read of the paths that matter is named at once, and the rest when it is read.
func TestSnapshotRefuses(t *testing.T) {
	f := repository(t)
	submodule(f, "")
	f.symlink("mesh.yaml", "mesh/link")
	f.commit("link")
	r := f.open()
	_, err := r.Snapshot(t.Context(), f.head(r), "mesh.yaml", "sub/clusters", "link")
	if got, want := f.said(err), "link is a symbolic link\nhint: commit the file itself\nsub is a submodule\nhint: commit the files themselves"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s, err := r.Snapshot(t.Context(), f.head(r), "mesh.yaml", "lin")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, want := range map[string]string{"link": "link is a symbolic link", "sub": "sub is a submodule", "sub/x": "sub is a submodule", "link/x": "link is a symbolic link"} {
		_, errOpen := s.Open(name)
		_, errStat := s.Stat(name)
		_, errDir := s.ReadDir(name)
		for _, err := range []error{errOpen, errStat, errDir} {
			if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got error %v", name, err)
			}
		}
	}
	for _, id := range []Commit{"", "HEAD", "--stdin"} {
		if _, err := r.Snapshot(t.Context(), id); !errors.Is(err, ErrUnknownRevision) {
			t.Errorf("%q: got error %v", id, err)
		}
	}
}

// TestSnapshotOfPartialClone: what a clone lacks is neither fetched nor missing from the commit.
func TestSnapshotOfPartialClone(t *testing.T) {
	f := repository(t)
	partial("HEAD:mesh.yaml")(f, "")
	r := f.open()
	s, err := r.Snapshot(t.Context(), f.head(r), "mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if text, err := fs.ReadFile(s, "clusters/east.yaml"); err != nil || string(text) != "east\n" {
		t.Errorf("got %q, error %v", text, err)
	}
	_, err = s.Open("mesh.yaml")
	if !errors.Is(err, ErrMissingObject) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(f.said(err), "hint: clone without --filter") {
		t.Errorf("got %s", f.said(err))
	}
}

// A tree that git would not write, but reads.
func TestSnapshotWithInvalidPaths(t *testing.T) {
	f := repository(t)
	blob := f.git("rev-parse", "HEAD:mesh.yaml")
	for _, name := range []string{"..", `a\b`} {
		f.write("tree", "100644 blob "+blob+"\t"+name+"\x00")
		tree := f.shell("git mktree -z < ../tree")
		commit := f.git("commit-tree", "-m", "x", tree)
		_, err := f.open().Snapshot(t.Context(), Commit(commit))
		f.wantError(err, ErrUnusable, name+": the Git repository cannot be used: invalid path in a tree")
	}
}

// An object whose content is not what its ID says is damaged, or prepared.
func TestSnapshotVerifies(t *testing.T) {
	f := repository(t)
	r := f.open()
	east, west := f.git("rev-parse", "HEAD:clusters/east.yaml"), f.git("rev-parse", "HEAD:clusters/west.yaml")
	f.shell("cd .git/objects && chmod +w " + east[:2] + "/* && cp -f " + west[:2] + "/" + west[2:] + " " + east[:2] + "/" + east[2:])
	s, err := r.Snapshot(t.Context(), f.head(r), "clusters")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Open("clusters/east.yaml")
	f.wantError(err, ErrUnusable, "open clusters/east.yaml: git cat-file: the Git repository cannot be used: the content of "+east+" has another ID")
	if _, again := s.Open("clusters/west.yaml"); again == nil {
		t.Error("an answer that was not understood is followed by another")
	}
}

// What git complains of is why there is nothing to read.
func TestSnapshotOfBrokenRepository(t *testing.T) {
	f := repository(t)
	r := f.open()
	f.write("mesh/.git/config", "[core\n")
	o, err := r.objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	_, err = o.read(strings.Repeat("0", 40))
	if err == nil || !strings.HasPrefix(err.Error(), "git cat-file: bad config line 1 in file ") {
		t.Errorf("got error %v", err)
	}
}

func TestTreeIsBounded(t *testing.T) {
	blobs := make([]blob, maxTreeFiles+1)
	if err := checkTree(blobs, nil); !errors.Is(err, ErrTooLarge) || err.Error() != "262145 files: larger than the limit of 262144" {
		t.Errorf("got error %v", err)
	}
	const id = "257cc5642cb1a054f08cc83f2d943e56fd3ebe99"
	_, err := readObject(bufio.NewReader(strings.NewReader(id+" blob 8388609\n")), id)
	if !errors.Is(err, ErrTooLarge) || err.Error() != "git cat-file: "+id+" has 8388609 bytes: larger than the limit of 8 MiB" {
		t.Errorf("got error %v", err)
	}
}

// FuzzReadObject: whatever git answers, what is taken for an object has its ID.
func FuzzReadObject(f *testing.F) {
	const id = "257cc5642cb1a054f08cc83f2d943e56fd3ebe99" // of "foo\n"
	f.Add(id + " blob 4\nfoo\n\n")
	f.Add(id + " missing\n")
	f.Add(id + " blob 4\nfo")
	f.Add("")
	f.Fuzz(func(t *testing.T, answer string) {
		got, err := readObject(bufio.NewReader(strings.NewReader(answer)), id)
		if err == nil && string(got) != "foo\n" {
			t.Errorf("took %q for it", got)
		}
	})
}

// TestSnapshotIgnoringCase: where a system ignores case, two files of a commit are one, and which of them is there is not
// said by the commit.
func TestSnapshotIgnoringCase(t *testing.T) {
	for name, test := range map[string]struct {
		file, want string
	}{
		"the mesh file":  {"Mesh.yaml", "Mesh.yaml differs from mesh.yaml in letter case only"},
		"a directory":    {"Clusters/north.yaml", "Clusters differs from clusters in letter case only"},
		"a file in one":  {"clusters/East.yaml", "clusters/east.yaml differs from clusters/East.yaml in letter case only"},
		"the way to one": {".Kubectl-mesh/state.yaml", ".Kubectl-mesh differs from .kubectl-mesh in letter case only"},
		"of nobody":      {"Clusters.yaml", ""},
		"something else": {"docs/MESH.yaml", ""},
		"a longer name":  {"mesh.yaml.orig", ""},
		"letters alone":  {"clusters/eaſt.yaml", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := repository(t)
			object := f.git("rev-parse", "HEAD:mesh.yaml") // the directory of a test may ignore case
			f.git("update-index", "--add", "--cacheinfo", "100644,"+object+","+test.file)
			f.git("commit", "--quiet", "--message", "more")
			r := f.open()
			s, err := r.Snapshot(t.Context(), f.head(r), "mesh.yaml", "clusters", ".kubectl-mesh/state.yaml")
			if err == nil {
				s.Close()
			}
			got, _, _ := strings.Cut(f.said(err), "\nhint: rename one of them")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
