package transaction

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// markSettled says that transaction number is decided: its files are all new, or all as they were.
func markSettled(d disk.Dir, number uint64) error {
	if !exists(d, staged(nextFile)) { // a power failure can lose it
		if err := writeNext(d, number); err != nil {
			return err
		}
	}
	return d.Rename("settle", staged(settledFile), staged(nextFile), staged(settledFile))
}

// readSettled returns the number of the last transaction that is decided; 0 before the first.
func readSettled(d disk.Dir) (uint64, error) {
	text, err := d.Read(staged(settledFile), 64)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	number, err := strconv.ParseUint(strings.TrimSuffix(string(text), "\n"), 10, 64)
	if err != nil {
		return 0, hint.Add(fmt.Errorf("read %s: %q is not a number", staged(settledFile), text),
			"only kubectl mesh writes it: find out what changed it; remove it if "+staged(journalFile)+" does not exist")
	}
	return number, nil
}
