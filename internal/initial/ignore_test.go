package initial

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
)

// TestIgnore: the line is there in the end, once, and all others are as they were.
func TestIgnore(t *testing.T) {
	for before, want := range map[string]string{
		"":                                "/credentials/\n",
		"/bin/\n":                         "/bin/\n/credentials/\n",
		"/bin/":                           "/bin/\n/credentials/\n",
		"/credentials/\n/bin/\n":          "/credentials/\n/bin/\n",
		"/credentials/\r\n":               "/credentials/\r\n",
		"# what is in /credentials/ is\n": "# what is in /credentials/ is\n/credentials/\n",
		"!/credentials/\n":                "!/credentials/\n/credentials/\n",
	} {
		dir := t.TempDir()
		if before != "" {
			files.Write(t, dir, map[string]string{".gitignore": before})
		}
		if err := ignore(dir); err != nil {
			t.Fatal(err)
		}
		if got := files.Read(t, dir)[".gitignore"]; got != want {
			t.Errorf("%q: got %q, want %q", before, got, want)
		}
	}
}
