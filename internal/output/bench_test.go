package output_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// bigTree is 100 clusters that are all linked: 100 directories of 100 files of 1.5 KB.
func bigTree(version int) layout.Tree {
	var pairs []string
	for dir := range 100 {
		for file := range 100 {
			path := fmt.Sprintf("overlays/cluster-%02d/peer-%02d.yaml", dir, file)
			line := fmt.Sprintf("# %s, version %d\n", path, version)
			pairs = append(pairs, path, strings.Repeat(line, 1536/len(line)))
		}
	}
	return treeOf(pairs...)
}

// BenchmarkTree compares with `cp -r` of the same tree: first must take well under three times
// as long, unchanged and check less than once. rewritten replaces every file, each with two
// renames and a removal that a copy does not have. Nothing is removed between the runs: some
// file systems make the next writer wait for that.
func BenchmarkTree(b *testing.B) {
	one, two := bigTree(1), bigTree(2)
	b.Run("cp", func(b *testing.B) { benchmarkCopy(b, one) })
	b.Run("first", func(b *testing.B) {
		dir := b.TempDir()
		n := 0
		for b.Loop() {
			n++
			mustWrite(b, filepath.Join(dir, strconv.Itoa(n)), one, output.Options{})
		}
	})
	b.Run("rewritten", func(b *testing.B) {
		dir := b.TempDir()
		mustWrite(b, dir, one, output.Options{})
		for b.Loop() {
			one, two = two, one
			mustWrite(b, dir, one, output.Options{})
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		dir := b.TempDir()
		mustWrite(b, dir, one, output.Options{})
		for b.Loop() {
			mustWrite(b, dir, one, output.Options{})
		}
	})
	b.Run("check", func(b *testing.B) {
		dir := b.TempDir()
		mustWrite(b, dir, one, output.Options{})
		for b.Loop() {
			if differences, err := output.Check(dir, one, output.Options{}); err != nil || differences != nil {
				b.Fatal(differences, err)
			}
		}
	})
}

func benchmarkCopy(b *testing.B, tree layout.Tree) {
	cp, err := exec.LookPath("cp")
	if err != nil {
		b.Skip("cp is not installed")
	}
	dir := b.TempDir()
	mustWrite(b, filepath.Join(dir, "from"), tree, output.Options{})
	n := 0
	for b.Loop() {
		n++
		command := exec.CommandContext(b.Context(), cp, "-r", "from", strconv.Itoa(n))
		command.Dir = dir
		if text, err := command.CombinedOutput(); err != nil {
			b.Fatalf("cp: %v\n%s", err, text)
		}
	}
}
