//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package output

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// claim keeps a second run out of the folder, so that a staging folder found there is always
// left over. The kernel takes the claim back when the process ends, however it ends.
func claim(root *os.Root) (release func(), err error) {
	folder, err := root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", cause(err))
	}
	release = func() { _ = folder.Close() } // it was opened for the claim alone
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		release()
		return nil, errors.New("another kubectl mesh is writing there")
	}
	// Any other error means a file system without locks, which is no reason not to write.
	return release, nil
}
