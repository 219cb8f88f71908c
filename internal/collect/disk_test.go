package collect

import (
	"context"
	"fmt"
	"syscall"
	"testing"
)

func TestDiskRemedy(t *testing.T) {
	const room, rights = "free disk space, ", "make directory /work writable for you, "
	for err, want := range map[error]string{
		syscall.ENOSPC: room, syscall.EDQUOT: room, syscall.EROFS: rights, syscall.EACCES: rights, syscall.EPERM: rights,
		syscall.ECONNREFUSED: "", context.Canceled: "",
	} {
		if got := diskRemedy(fmt.Errorf("write: %w", err), "/work"); got != "" != (want != "") || len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}
