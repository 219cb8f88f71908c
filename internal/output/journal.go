package output

import (
	"slices"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// journal remembers how to take back what was done.
type journal struct {
	mutex sync.Mutex
	undo  []func() error
}

func (j *journal) add(undo func() error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.undo = append(j.undo, undo)
}

// rename renames, and will rename back. shown is the path that errors name.
func (j *journal) rename(d disk.Dir, op, shown, from, to string) error {
	if err := d.Rename(op, shown, from, to); err != nil {
		return err
	}
	j.add(func() error { return d.Rename("restore", shown, to, from) })
	return nil
}

// rollback takes everything back, the last step first. What comes before a step that cannot be
// taken back stays as it is, mesh.lock of the transition among it: so the next run knows all files.
func (j *journal) rollback() error {
	for _, undo := range slices.Backward(j.undo) {
		if err := undo(); err != nil {
			return err
		}
	}
	return nil
}
