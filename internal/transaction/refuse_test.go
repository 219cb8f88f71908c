package transaction_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

const hintMove = "hint: move it to another directory: kubectl mesh replaces only regular files, and does not follow links"

// link makes a symbolic link in the workspace.
func link(t *testing.T, dir, name, target string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, file); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

// Everything that is in the way is in one error, and nothing is written.
func TestRefusals(t *testing.T) {
	outside := t.TempDir()
	tests := []struct {
		name   string
		before func(t *testing.T, dir string)
		change func(tx *transaction.Tx)
		want   []string
	}{
		{
			name: "a link in the place of a file",
			before: func(t *testing.T, dir string) {
				link(t, dir, "trust/inside", "../mesh.yaml")
				link(t, dir, "trust/outside", filepath.Join(outside, "x"))
			},
			change: func(tx *transaction.Tx) {
				tx.Write("trust/inside", nil, transaction.Public)
				tx.Remove("trust/outside")
			},
			want: []string{
				"DIR/trust/inside: a symbolic link where a file is expected", hintMove,
				"DIR/trust/outside: a symbolic link where a file is expected", hintMove,
			},
		},
		{
			name: "a link in the place of a directory",
			before: func(t *testing.T, dir string) {
				link(t, dir, "credentials", outside)
				link(t, dir, "trust/east", "../clusters")
			},
			change: func(tx *transaction.Tx) {
				tx.Write("credentials/root-key.pem", nil, transaction.Private)
				tx.Write("trust/east/ca-cert.pem", nil, transaction.Public)
				tx.Write("trust/east/cert-chain.pem", nil, transaction.Public)
			},
			want: []string{
				"DIR/credentials: a symbolic link where a directory is expected", hintMove,
				"DIR/trust/east: a symbolic link where a directory is expected", hintMove,
			},
		},
		{
			name: "a directory in the place of a file, and the reverse",
			before: func(t *testing.T, dir string) {
				put(t, dir, "trust/root-cert.pem/x", "", 0o644)
				put(t, dir, "trust/east", "", 0o644)
			},
			change: func(tx *transaction.Tx) {
				tx.Write("trust/root-cert.pem", nil, transaction.Public)
				tx.Write("trust/east/ca-cert.pem", nil, transaction.Public)
			},
			want: []string{
				"DIR/trust/east: a file where a directory is expected", hintMove,
				"DIR/trust/root-cert.pem: a directory where a file is expected", hintMove,
			},
		},
		{
			name:   "files that exclude each other",
			before: func(*testing.T, string) {},
			change: func(tx *transaction.Tx) {
				tx.Write("trust/East", nil, transaction.Public)
				tx.Write("trust/east", nil, transaction.Public)
				tx.Write("trust/east/x", nil, transaction.Public)
			},
			want: []string{
				"DIR/trust/east: differs from DIR/trust/East only in case",
				"hint: rename it: file names must work on every system where the repository is checked out",
				"DIR/trust/east/x: DIR/trust/east is a file in the same change",
				"hint: rename it: file names must work on every system where the repository is checked out",
			},
		},
		{
			name:   "what is to be renamed is missing",
			before: func(*testing.T, string) {},
			change: func(tx *transaction.Tx) { tx.Rename("credentials/a", "credentials/b") },
			want:   []string{"rename DIR/credentials/a to DIR/credentials/b: file does not exist"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.before(t, dir)
			before := snapshot(t, dir)
			tx := begin(t, dir, nil)
			tt.change(tx)
			tx.Write("sealed/x", nil, transaction.Public)
			_, err := tx.Commit(t.Context(), nil)
			wantProblems(t, err, dir, tt.want...)
			equal(t, "files", snapshot(t, dir), before)
		})
	}
}

// A file that everybody may read never holds a key; one that is private may.
func TestPublicFilesHoldNoCredentials(t *testing.T) {
	key := []byte("-----BEGIN " + "PRIVATE KEY-----\nVEVTVCBPTkxZLCBubyBrZXkgb2YgYW55Ym9keQ==\n")
	dir := t.TempDir()
	tx := begin(t, dir, nil)
	tx.Write("credentials/key", key, transaction.Private)
	tx.Write("trust/key", key, transaction.Public)
	_, err := tx.Commit(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "trust/key:1: pem-private-key: a private key (") || strings.Contains(err.Error(), "VEVT") {
		t.Errorf("public: %v", err)
	}
	equal(t, "files", snapshot(t, dir), map[string]string{})
	tx.Remove("trust/key")
	commit(t, tx)
}

// Begin follows no link and waits for no pipe either.
func TestBeginRefuses(t *testing.T) {
	for name, want := range map[string]string{
		".kubectl-mesh":         "open DIR for writing: .kubectl-mesh: a symbolic link where a directory is expected",
		".kubectl-mesh/staging": "open DIR for writing: .kubectl-mesh/staging: a symbolic link where a directory is expected",
		".kubectl-mesh/lock":    "open DIR for writing: .kubectl-mesh/lock: a symbolic link where a file is expected",
	} {
		dir := t.TempDir()
		link(t, dir, name, "mesh.yaml")
		before := everything(t, dir)
		_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
		wantProblems(t, err, dir, want, hintMove)
		equal(t, "files", everything(t, dir), before)
	}
}
