package e2e

import (
	"syscall"
	"testing"
)

// mountSmallDisk puts an empty disk of 64 KiB where the directory is, until the test ends.
func mountSmallDisk(t *testing.T, folder string) {
	t.Helper()
	if err := syscall.Mount("none", folder, "tmpfs", 0, "size=64k,mode=700"); err != nil {
		t.Skipf("mounts a small disk, which takes root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, 0) })
}
