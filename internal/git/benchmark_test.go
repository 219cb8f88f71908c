package git

import (
	"fmt"
	"io/fs"
	"testing"
)

// BenchmarkGuard: every command that reads or writes credentials asks. A mesh of 100 fully linked clusters
// has 9,900 of them.
func BenchmarkGuard(b *testing.B) {
	for _, files := range []int{0, 9900} {
		b.Run(fmt.Sprintf("%d files", files), func(b *testing.B) {
			f := repository(b)
			for i := range files {
				f.write(fmt.Sprintf("mesh/credentials/c%d/c%d/token", i/100, i%100), "x")
			}
			for b.Loop() {
				if _, err := f.guard(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSnapshot: the tree of 100 clusters has about 10,000 files, and as many files may be sealed.
func BenchmarkSnapshot(b *testing.B) {
	f := repository(b)
	for i := range 10000 {
		f.write(fmt.Sprintf("mesh/deploy/%d/%d", i/100, i), fmt.Sprintf("%2000d", i))
	}
	f.commit("tree")
	f.git("gc", "--quiet")
	r := f.open()
	commit, err := r.ResolveRevision(b.Context(), "HEAD")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := r.Snapshot(b.Context(), commit)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 10000 {
			if _, err := fs.ReadFile(s, fmt.Sprintf("deploy/%d/%d", i/100, i)); err != nil {
				b.Fatal(err)
			}
		}
		s.Close()
	}
}
