//go:build unix

package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Exposure explains why a directory is unsuitable for secrets, and the remedy; empty if it is suitable.
func Exposure(info fs.FileInfo, shown string) (reason, remedy string) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Sprintf("owned by another user (uid %d)", stat.Uid),
			fmt.Sprintf("change the owner of %s to yourself (chown), then: chmod 700 %s", shown, shown)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Sprintf("writable by other users (mode %04o)", info.Mode().Perm()), "chmod 700 " + shown
	}
	return "", ""
}

// OpenToOthers reports whether users other than the owner can read or write the file.
func OpenToOthers(info fs.FileInfo) bool { return !IsPrivate(info.Mode().Perm()) }

// Sync makes new names in a directory survive a power failure, if the file system supports that; otherwise it returns
// no error.
func (d Dir) Sync(name string) error {
	return d.Do("sync", name, func() error {
		dir, err := d.root.Open(name)
		if err != nil {
			return err
		}
		defer dir.Close() // opened for reading
		err = dir.Sync()
		if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EBADF) {
			return nil
		}
		return err
	})
}
