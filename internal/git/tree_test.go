package git

import (
	"bufio"
	"errors"
	"strings"
	"testing"
)

func (f *fixture) wantFiles(files []File, err error, want ...string) {
	f.Helper()
	var got []string
	for _, file := range files {
		got = append(got, file.Path+"="+string(file.Content))
	}
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

func TestReadTree(t *testing.T) {
	f := repository(t)
	f.write("mesh/a*", "")
	f.write("mesh/ab", "same\n")
	f.write("mesh/line\nbreak", "same\n")
	f.write("mesh/binary", "a\x00\n\nb")
	f.commit("more")
	r := f.open()
	commit := f.head(r)
	f.write("mesh/mesh.yaml", "not committed\n")
	for _, test := range []struct{ paths, want []string }{
		{nil, []string{
			".gitignore=/credentials/\n", "a*=", "ab=same\n", "binary=a\x00\n\nb", "clusters/east.yaml=east\n", "clusters/west.yaml=west\n",
			"line\nbreak=same\n", "mesh.yaml=kind: Mesh\n",
		}},
		{[]string{"mesh.yaml", "clusters"}, []string{"clusters/east.yaml=east\n", "clusters/west.yaml=west\n", "mesh.yaml=kind: Mesh\n"}},
		{[]string{"a*"}, []string{"a*="}},
		{[]string{"none"}, nil},
	} {
		files, err := r.ReadTree(t.Context(), commit, test.paths...)
		f.wantFiles(files, err, test.want...)
	}
	f.dir = f.path("mesh/clusters")
	files, err := f.open().ReadTree(t.Context(), commit)
	f.wantFiles(files, err, "east.yaml=east\n", "west.yaml=west\n")
}

func TestReadTreeOfSHA256(t *testing.T) {
	f := empty(t)
	if !atLeast(f, "2.29") {
		t.Skip("git before 2.29 has no SHA-256")
	}
	f.git("init", "--quiet", "--object-format=sha256")
	f.write("mesh/a", "x\n")
	f.commit("first")
	r := f.open()
	files, err := r.ReadTree(t.Context(), f.head(r))
	f.wantFiles(files, err, "a=x\n")
	changes, err := r.Changes(t.Context())
	f.wantChanges(changes, err)
}

// Everything that cannot be read is named at once.
func TestReadTreeRefuses(t *testing.T) {
	f := repository(t)
	submodule(f, "")
	f.symlink("mesh.yaml", "mesh/link")
	f.commit("link")
	partial("HEAD:mesh.yaml")(f, "")
	r := f.open()
	_, err := r.ReadTree(t.Context(), f.head(r))
	want := "link is a symbolic link\nhint: commit the file itself\nmesh.yaml: missing in this clone\nhint: clone without --filter\n" +
		"sub is a submodule\nhint: commit the files themselves"
	old := "read Git tree: git ls-tree: content that it needs is missing in this clone\nhint: clone without --filter"
	if got := f.said(err); got != want && got != old || !errors.Is(err, ErrMissingObject) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, id := range []Commit{"", "HEAD", "--stdin"} {
		if _, err := r.ReadTree(t.Context(), id); !errors.Is(err, ErrUnknownRevision) {
			t.Errorf("%q: got error %v", id, err)
		}
	}
}

// A tree that git would not write, but reads.
func TestReadTreeWithInvalidPaths(t *testing.T) {
	f := repository(t)
	blob := f.git("rev-parse", "HEAD:mesh.yaml")
	for _, name := range []string{"..", `a\b`} {
		f.write("tree", "100644 blob "+blob+"\t"+name+"\x00")
		tree := f.shell("git mktree -z < ../tree")
		commit := f.git("commit-tree", "-m", "x", tree)
		_, err := f.open().ReadTree(t.Context(), Commit(commit))
		f.wantError(err, ErrUnusable, name+": the Git repository cannot be used: invalid path in a tree")
	}
}

// An object whose content is not what its ID says is damaged, or prepared.
func TestReadTreeVerifies(t *testing.T) {
	f := repository(t)
	r := f.open()
	east, west := f.git("rev-parse", "HEAD:clusters/east.yaml"), f.git("rev-parse", "HEAD:clusters/west.yaml")
	f.shell("cd .git/objects && chmod +w " + east[:2] + "/* && cp -f " + west[:2] + "/" + west[2:] + " " + east[:2] + "/" + east[2:])
	_, err := r.ReadTree(t.Context(), f.head(r), "clusters")
	f.wantError(err, ErrUnusable, "read Git tree: git cat-file: the Git repository cannot be used: the content of "+east+" has another ID")
}

// What git complains of is why there is nothing to read.
func TestContentsOfBrokenRepository(t *testing.T) {
	f := repository(t)
	r := f.open()
	blobs, err := r.tree(t.Context(), f.head(r), nil)
	if err != nil {
		t.Fatal(err)
	}
	f.write("mesh/.git/config", "[core\n")
	_, err = r.contents(t.Context(), blobs)
	if err == nil || !strings.HasPrefix(err.Error(), "git cat-file: bad config line 1 in file ") {
		t.Errorf("got error %v", err)
	}
}

func TestTreeIsBounded(t *testing.T) {
	blobs := []blob{{size: maxTreeBytes, path: "a", mode: "100644"}, {size: 1, path: "b", mode: "100644"}}
	if err := checkTree(blobs); !errors.Is(err, ErrTooLarge) || err.Error() != "2 files of 512 MiB in all: larger than the limit of 262144 files or 512 MiB" {
		t.Errorf("got error %v", err)
	}
	if err := checkTree(blobs[:1]); err != nil {
		t.Errorf("got error %v", err)
	}
}

// FuzzReadBatch: whatever git answers, what is taken for an object has its ID.
func FuzzReadBatch(f *testing.F) {
	const id = "257cc5642cb1a054f08cc83f2d943e56fd3ebe99" // of "foo\n"
	f.Add(id+" blob 4\nfoo\n\n", int64(4))
	f.Add(id+" missing\n", int64(4))
	f.Add(id+" blob 4\nfo", int64(4))
	f.Add("", int64(0))
	f.Fuzz(func(t *testing.T, answer string, size int64) {
		if size < 0 || size > 1<<20 {
			t.Skip("checkTree refuses it before")
		}
		got, err := readBatch(bufio.NewReader(strings.NewReader(answer)), []string{id}, map[string]int64{id: size})
		if err == nil && string(got[id]) != "foo\n" {
			t.Errorf("took %q for it", got[id])
		}
	})
}
