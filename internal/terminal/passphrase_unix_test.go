//go:build unix

package terminal_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// TestReadPassphraseOfTheShell: a file descriptor that the shell has opened, to be used once.
func TestReadPassphraseOfTheShell(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if _, err := write.WriteString("correct horse\nrest\n"); err != nil {
		t.Fatal(err)
	}
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(read.Fd())) // the reader makes it its own
	if err != nil {
		t.Fatal(err)
	}
	if got, err := terminal.ReadPassphrase(t.Context(), nil, fd); err != nil || string(got) != "correct horse" {
		t.Errorf("got %q, %v", got, err)
	}
}
