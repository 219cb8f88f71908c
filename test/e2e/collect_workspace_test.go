package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestCollectWorkspace has a workspace in the way.
func TestCollectWorkspace(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	ready := newWorkspace(t, all)
	ready.mustRun(t, "collect", "--token=skip")
	for _, c := range all {
		ready.sendReaders(t, c)
	}
	t.Run("credentials that others can write", func(t *testing.T) { testExposed(t, all) })
	t.Run("a link instead of credentials", func(t *testing.T) { testLinked(t, all) })
	t.Run("credentials that git tracks", func(t *testing.T) { testTracked(t, all) })
	t.Run("a file instead of a folder", func(t *testing.T) { testInTheWay(t, all) })
	t.Run("a read-only workspace", func(t *testing.T) { testReadOnly(t, all) })
	t.Run("a full disk", func(t *testing.T) { testFullDisk(t, all) })
}

func testExposed(t *testing.T, all []*clusters.Cluster) {
	for _, folder := range []string{"credentials", "credentials/east", "credentials/east/west"} {
		w := newWorkspace(t, all)
		w.mustRun(t, "collect")
		old := w.read(t, tokenOfWest)
		if err := os.WriteFile(w.path(tokenOfWest), []byte("stale\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(w.path(folder), 0o770); err != nil {
			t.Fatal(err)
		}
		got := w.run(t, "collect")
		got.wantCode(t, 1)
		got.wantSaid(t, folder+": writable by other users (mode 0770)\nhint: chmod 700 "+folder)
		if w.read(t, tokenOfWest) != "stale\n" {
			t.Errorf("%s: a token was written", folder)
		}
		if err := os.Chmod(w.path(folder), 0o700); err != nil { // as the hint says
			t.Fatal(err)
		}
		w.mustRun(t, "collect")
		if w.read(t, tokenOfWest) != old {
			t.Errorf("%s: the remedy does not bring the token", folder)
		}
	}
}

func testLinked(t *testing.T, all []*clusters.Cluster) {
	for _, folder := range []string{"credentials", "credentials/east"} {
		w, elsewhere := newWorkspace(t, all), t.TempDir()
		if folder != "credentials" {
			w.mustRun(t, "collect")
			if err := os.RemoveAll(w.path(folder)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(elsewhere, w.path(folder)); err != nil {
			t.Fatal(err)
		}
		got := w.run(t, "collect")
		got.wantCode(t, 1)
		got.wantSaid(t, "hint: move ")
		if !strings.Contains(got.stderr, folder+": a symbolic link where a directory is expected") &&
			!strings.Contains(got.stderr, folder+" is not a directory, and Secrets are stored in one") {
			t.Errorf("%s: not named:\n%s", folder, got.stderr)
		}
		if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
			t.Errorf("%s: something was written behind the link: %v, %v", folder, left, err)
		}
	}
}

func testTracked(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		cmd.Dir, cmd.Env = w.dir, w.command(t).Env
		if got := finish(t, cmd); got.code != 0 {
			t.Fatalf("git %s: %s", args, got.stderr)
		}
	}
	git("init", "--quiet")
	w.mustRun(t, "collect")
	git("add", "--all")
	w.mustRun(t, "collect") // what git ignores it does not track
	git("add", "--force", "credentials/.gitignore")
	w.mustRun(t, "collect") // that one holds no secret
	git("add", "--force", tokenOfWest)
	w.write(t, "clusters/east.yaml", "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: east}\n")
	got := w.run(t, "collect")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: "+tokenOfWest+" is tracked by Git\nhint: git -C "+w.dir+" rm -r --cached --ignore-unmatch -- credentials, and commit that\n",
		"hint: to collect only facts: kubectl mesh collect --token=skip\n")
	w.mustRun(t, "collect", "--token=skip").wantSaid(t, "east: facts written")
	git("rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", "credentials")
	w.mustRun(t, "collect")
}

func testInTheWay(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	w.write(t, "credentials", "mine\n")
	got := w.run(t, "collect")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: credentials is not a directory, and Secrets are stored in one\nhint: move the file to another directory")
	w.missing(t, "clusters")
	if w.read(t, "credentials") != "mine\n" {
		t.Error("the file is gone")
	}
	if err := os.Rename(w.path("credentials"), w.path("moved")); err != nil { // as the hint says
		t.Fatal(err)
	}
	w.write(t, "clusters", "mine too\n")
	got = w.run(t, "collect")
	got.wantCode(t, 2)
	got.wantSaid(t, "error: clusters/east.yaml: read facts: not a directory")
	if err := os.Remove(w.path("clusters")); err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, "collect")
}

// testReadOnly runs the program as somebody who may not write here.
func testReadOnly(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	asReadOnlyUser := w.readOnly(t)
	got := asReadOnlyUser("collect")
	got.wantCode(t, 1)
	if n := strings.Count(got.stderr, "error: "); n != 1 {
		t.Errorf("errors: got %d, want 1:\n%s", n, got.stderr)
	}
	got.wantSaid(t, "error: store the facts of east, west: open . for writing: open .kubectl-mesh/lock: permission denied",
		"hint: make directory "+w.dir+" writable for you, and run the same command again")
	w.writable(t)
	asReadOnlyUser("collect").wantCode(t, 0)
}

// testFullDisk has credentials/ on a disk of its own that is full.
func testFullDisk(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	w.mustRun(t, "collect")
	old := w.read(t, tokenOfWest)
	folder := w.path("credentials")
	mountSmallDisk(t, folder)
	w.mustRun(t, "collect")
	if err := os.WriteFile(w.path(tokenOfWest), []byte("stale\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ballast := w.path("credentials/ballast")
	_ = os.WriteFile(ballast, make([]byte, 1<<20), 0o600) // it writes until the disk is full
	got := w.run(t, "collect")
	got.wantCode(t, 1)
	got.wantSaid(t, "west: unchanged", "error: store the facts of east: write credentials/east/west/token: ", "no space left on device",
		"hint: free disk space, and run the same command again: existing files are unchanged")
	if w.read(t, tokenOfWest) != "stale\n" {
		t.Error("the file is not as it was")
	}
	if err := os.Remove(ballast); err != nil { // as the hint says
		t.Fatal(err)
	}
	w.mustRun(t, "collect")
	if w.read(t, tokenOfWest) != old {
		t.Error("the remedy does not bring the token")
	}
}
