//go:build !linux

package e2e

import "testing"

func mountSmallDisk(t *testing.T, folder string) {
	t.Helper()
	t.Skip("mounts a small disk, which this test can do on Linux only")
}
