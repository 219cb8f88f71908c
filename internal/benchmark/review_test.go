package benchmark_test

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The largest review of one more cluster: a comment on GitHub, and what a person reads.
const (
	maxReviewBytes = 60_000
	maxReviewLines = 60
)

// BenchmarkReview says what one more cluster means to linked ones, against finding it without: both trees are rendered, and
// diff compares them. With 100 clusters it must take less than 2 s and 150 MiB.
func BenchmarkReview(b *testing.B) {
	for _, clusters := range []int{10, 100} {
		b.Run(fmt.Sprint(clusters), func(b *testing.B) { review(b, clusters) })
	}
}

func review(b *testing.B, clusters int) {
	b.Helper()
	diff := needs(b, "diff")
	before, after := joining(b, clusters)
	ours, theirs := &series{}, &series{}
	for b.Loop() {
		page := string(ours.time(b, after.command(b, "review", "-o", "markdown")))
		if lines := strings.Count(page, "\n"); len(page) > maxReviewBytes || lines >= maxReviewLines {
			b.Fatalf("%d lines, %d bytes", lines, len(page))
		}
		if want := fmt.Sprintf("%d new grants to read every Secret of another cluster", 2*clusters); !strings.Contains(page, want) {
			b.Fatalf("it does not say %q:\n%s", want, page)
		}
		start := time.Now()
		theirs.memory = max(theirs.memory, peakMemory(before.run(b, "render", "--output-dir", "tree")), peakMemory(after.run(b, "render", "--output-dir", "tree")))
		differ(b, command(b, after.folder, diff, "-r", before.folder+"/tree", "tree"))
		theirs.times = append(theirs.times, time.Since(start))
		remove(b, before.folder, "tree")
		remove(b, after.folder, "tree")
	}
	report(b, ours, theirs)
}

// joining is a workspace, and a repository in which a cluster joins that.
func joining(b *testing.B, clusters int) (before, after mesh) {
	b.Helper()
	git := needs(b, "git")
	after = newMesh(b, clusters+1)
	text := after.read(b, "mesh.yaml")
	base, _, _ := strings.Cut(text, "  - name: "+name(clusters)+"\n")
	before = mesh{folder: b.TempDir(), program: after.program}
	before.write(b, "mesh.yaml", base)
	after.write(b, "mesh.yaml", base)
	after.write(b, ".gitignore", "/credentials/\n")
	after.run(b, "render", "--output-dir", "deploy")
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"},
		{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "base"}} {
		if out, err := command(b, after.folder, git, args...).CombinedOutput(); err != nil {
			b.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	after.write(b, "mesh.yaml", text)
	return before, after
}

// differ runs a command that exits 1 where it finds differences.
func differ(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	_, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		b.Fatalf("%v: %v", cmd, err)
	}
}
