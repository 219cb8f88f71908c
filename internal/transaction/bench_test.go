package transaction_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// BenchmarkWrite compares a transaction with as many single files, each of which is durable by itself: one file,
// and the three files that each of 100 clusters has after `ca issue --all`; new ones, and such that replace others.
func BenchmarkWrite(b *testing.B) {
	for _, clusters := range []int{0, 100} {
		for _, replace := range []bool{false, true} {
			what := fmt.Sprintf("files=%d/replace=%v/", max(1, 3*clusters), replace)
			b.Run(what+"single", func(b *testing.B) { benchmark(b, clusters, replace, writeSingle) })
			b.Run(what+"transaction", func(b *testing.B) { benchmark(b, clusters, replace, writeTogether) })
		}
	}
}

func benchmark(b *testing.B, clusters int, replace bool, write func(b *testing.B, dir string, names []string, content []byte)) {
	names := []string{"credentials/root-key.pem"}
	for i := range clusters {
		names = append(names, fmt.Sprintf("trust/%d/ca-cert.pem", i), fmt.Sprintf("trust/%d/cert-chain.pem", i), fmt.Sprintf("credentials/%d/ca-key.pem", i))
	}
	if clusters > 0 {
		names = names[1:]
	}
	dir := b.TempDir()
	n := 0
	content := func() []byte { n++; return bytes.Repeat(fmt.Appendf(nil, "%07d\n", n), 200) }
	write(b, filepath.Join(dir, "0"), names, content())
	for b.Loop() {
		target := "0"
		if !replace {
			target = fmt.Sprint(n)
		}
		write(b, filepath.Join(dir, target), names, content())
	}
}

func access(name string) transaction.Access {
	if name[0] == 'c' {
		return transaction.Private
	}
	return transaction.Public
}

func writeSingle(b *testing.B, dir string, names []string, content []byte) {
	b.Helper()
	for _, name := range names {
		opts := output.FileOptions{Mode: 0o644, Force: true}
		if access(name) == transaction.Private {
			opts.Mode = 0o600
		}
		if err := output.WriteFile(filepath.Join(dir, name), content, opts); err != nil {
			b.Fatal(err)
		}
	}
}

func writeTogether(b *testing.B, dir string, names []string, content []byte) {
	b.Helper()
	tx := begin(b, dir, nil)
	for _, name := range names {
		tx.Write(name, content, access(name))
	}
	commit(b, tx)
	tx.Close()
}

// BenchmarkOpen is what a command pays before it does anything: a reader, and a writer that sweeps the tokens of
// 100 fully linked clusters.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for i := range 100 * 99 {
		put(b, dir, fmt.Sprintf("credentials/%d/%d/token", i/99, i%99), "token", 0o600)
	}
	put(b, dir, ".kubectl-mesh/staging/settled", "1\n", 0o644)
	b.Run("reader", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := transaction.Settle(b.Context(), dir, transaction.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("writer", func(b *testing.B) {
		for b.Loop() {
			begin(b, dir, nil).Close()
		}
	})
}
