package output

import (
	"errors"
	"fmt"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// ErrBusy is the error of a directory that another run is writing.
var ErrBusy = errors.New("another kubectl mesh process is writing to it")

// claim keeps a second run out of the directory, so that a staging directory found there is always stale.
// Where a directory cannot be locked (Windows, some network file systems) that is no reason not to write:
// in a workspace the lock of its transactions keeps the second run out.
func claim(root *os.Root) (release func(), err error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", disk.Cause(err))
	}
	if errors.Is(disk.TryLock(dir), disk.ErrLocked) {
		_ = dir.Close() // it was opened for the claim alone
		return nil, ErrBusy
	}
	return func() {
		disk.Unlock(dir)
		_ = dir.Close() // as above
	}, nil
}
