//go:build unix

package git

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"
)

// Configuration that nobody writes to the end keeps git waiting, not this program.
func TestTimeIsBounded(t *testing.T) {
	f := repository(t)
	if err := syscall.Mkfifo(f.path("fifo"), 0o600); err != nil {
		t.Skip(err)
	}
	f.write("mesh/.git/config", "[include]\n\tpath = "+f.path("fifo")+"\n")
	git, err := find(f.env)
	if err != nil {
		t.Fatal(err)
	}
	git.maxTime = 100 * time.Millisecond
	if _, err := open(t.Context(), git, f.dir); !errors.Is(err, context.DeadlineExceeded) || err.Error() != "git rev-parse timed out: context deadline exceeded" {
		t.Errorf("got error %v", err)
	}
}
