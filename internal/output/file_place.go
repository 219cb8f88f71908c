package output

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// place writes beside the file, and then gives the new file its name.
func place(t *disk.Target, base string, content []byte, opts FileOptions) error {
	if err := fit(t, base, opts); err != nil {
		return err
	}
	d := t.Durable()
	temp, err := writeTemp(d, base, content, opts.Mode)
	if err != nil {
		return err
	}
	if opts.Force {
		err = d.Rename("replace", base, temp, base)
	} else {
		err = nameNew(d, temp, base)
	}
	if err != nil {
		_ = d.Remove(temp) // the error before says why
		return err
	}
	_ = d.Sync(".") // all is in place nevertheless
	return nil
}

// writeTemp writes into a hidden file of a free name in the same directory.
func writeTemp(d disk.Dir, base string, content []byte, mode fs.FileMode) (string, error) {
	for n := 0; ; n++ {
		temp := "." + base + ".kubectl-mesh-" + strconv.Itoa(n)
		err := d.Write(temp, content, mode)
		if !errors.Is(err, fs.ErrExist) {
			return temp, err
		}
	}
}

// nameNew gives temp the name base, which must be free. A link fails where a rename would
// replace, so a file that appeared in the meantime is not lost.
func nameNew(d disk.Dir, temp, base string) error {
	err := d.Link("create", base, temp, base)
	if err == nil {
		if err := d.Remove(temp); err != nil {
			return errors.Join(err, d.Remove(base))
		}
		return nil
	}
	if _, there := d.Root().Lstat(base); there == nil {
		return existsError()
	} else if !errors.Is(there, fs.ErrNotExist) {
		return fmt.Errorf("stat %s: %w", base, disk.Cause(there))
	}
	// Some file systems know no links.
	return d.Rename("create", base, temp, base)
}
