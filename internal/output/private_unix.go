//go:build unix

package output

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// exposure says why a folder is unfit for secrets, and the remedy; "" means that it is fit.
func exposure(info fs.FileInfo, shown string) (reason, hint string) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Sprintf("owned by another user (uid %d)", stat.Uid),
			fmt.Sprintf("make %s yours (chown), then: chmod 700 %s", shown, shown)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Sprintf("others may write into it (mode %04o)", info.Mode().Perm()), "chmod 700 " + shown
	}
	return "", ""
}

// openToOthers tells whether anybody but the owner may read or write the file.
func openToOthers(info fs.FileInfo) bool {
	return !isPrivate(info.Mode().Perm())
}

// syncFolder makes the renames in a folder outlast a power failure, where the file system can
// do that. Where it cannot, all is in place nevertheless.
func (d disk) syncFolder(name string) {
	_ = d.do("sync", name, func() error {
		folder, err := d.root.Open(name)
		if err != nil {
			return err
		}
		defer folder.Close() // opened for reading
		return folder.Sync()
	})
}
