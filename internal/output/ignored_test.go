package output_test

import (
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

func TestEnsureIgnored(t *testing.T) {
	tests := []struct {
		name string
		old  string // "-" for none
		want string
		err  string
	}{
		{name: "no folder", old: "-", want: "*\n"},
		{name: "ours", old: "*\n", want: "*\n"},
		{name: "carriage return", old: "*\r\n", want: "*\r\n"},
		{name: "comments and more", old: "# secrets\n*\n*.key\n", want: "# secrets\n*\n*.key\n"},
		{
			name: "not everything", old: "*.key\n", want: "*.key\n",
			err: "keep DIR out of git: .gitignore does not ignore everything\nhint: its only line has to be: *",
		},
		{
			name: "an exception", old: "*\n!token\n", want: "*\n!token\n",
			err: "keep DIR out of git: .gitignore does not ignore everything\nhint: its only line has to be: *",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "credentials")
			if tt.old != "-" {
				put(t, dir, ".gitignore", tt.old)
			}
			err := output.EnsureIgnored(dir)
			if tt.err != "" {
				wantError(t, err, dir, tt.err)
			} else if err != nil {
				t.Fatal(err)
			}
			equal(t, "files", snapshot(t, dir), map[string]string{".gitignore": tt.want})
			if tt.err == "" && output.EnsureIgnored(dir) != nil {
				t.Error("a second time it fails")
			}
		})
	}
}
