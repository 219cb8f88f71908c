package output_test

import (
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

func TestCheckIgnored(t *testing.T) {
	tests := []struct {
		name string
		old  string // "-" for none
		err  string
	}{
		{name: "no folder", old: "-"},
		{name: "ours", old: "*\n"},
		{name: "carriage return", old: "*\r\n"},
		{name: "comments and more", old: "# secrets\n*\n*.key\n"},
		{
			name: "not everything", old: "*.key\n",
			err: "keep DIR out of git: .gitignore does not ignore everything\nhint: its only line must be: *",
		},
		{
			name: "an exception", old: "*\n!token\n",
			err: "keep DIR out of git: .gitignore does not ignore everything\nhint: its only line must be: *",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "credentials")
			if tt.old != "-" {
				put(t, dir, ".gitignore", tt.old)
			}
			exists, err := output.CheckIgnored(dir)
			if tt.err != "" {
				wantError(t, err, dir, tt.err)
			} else if err != nil {
				t.Fatal(err)
			}
			if exists != (tt.old != "-") {
				t.Errorf("exists: got %t", exists)
			}
		})
	}
}
