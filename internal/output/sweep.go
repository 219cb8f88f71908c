package output

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// sweep removes the staging directories of runs that were killed. What they keep in old/ was ours,
// or was to be replaced by force.
func sweep(d disk.Dir) error {
	names, err := stagingNames(d)
	if err != nil {
		return fmt.Errorf("list the directory: %w", disk.Cause(err))
	}
	for _, name := range names {
		info, err := d.Root().Lstat(name)
		if err != nil {
			return fmt.Errorf("stat %s: %w", name, disk.Cause(err))
		}
		if !info.IsDir() {
			continue
		}
		if err := d.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

// stagingNames lists what is named like a staging directory.
func stagingNames(d disk.Dir) ([]string, error) {
	dir, err := d.Root().Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close() // opened for reading
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		number, ours := strings.CutPrefix(name, stagingPrefix)
		_, err := strconv.ParseUint(number, 10, 0)
		return !ours || err != nil
	})
	slices.Sort(names)
	return names, nil
}
