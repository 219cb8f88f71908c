package output

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

// place writes beside the file, and then gives the new file its name.
func (t *target) place(base string, content []byte, opts FileOptions) error {
	if err := t.fit(base, opts); err != nil {
		return err
	}
	d := t.disk
	d.durable = true
	temp, err := d.writeTemp(base, content, opts.Mode)
	if err != nil {
		return err
	}
	if opts.Force {
		err = d.rename("replace", base, temp, base)
	} else {
		err = d.nameNew(temp, base)
	}
	if err != nil {
		_ = d.remove(temp) // the error before says why
		return err
	}
	d.syncFolder(".")
	return nil
}

// writeTemp writes into a hidden file of a free name in the same folder.
func (d disk) writeTemp(base string, content []byte, mode fs.FileMode) (string, error) {
	for n := 0; ; n++ {
		temp := "." + base + ".kubectl-mesh-" + strconv.Itoa(n)
		err := d.write(temp, content, mode)
		if !errors.Is(err, fs.ErrExist) {
			return temp, err
		}
	}
}

// nameNew gives temp the name base, which must be free. A link fails where a rename would
// replace, so a file that appeared in the meantime is not lost.
func (d disk) nameNew(temp, base string) error {
	err := d.do("create", base, func() error { return d.root.Link(temp, base) })
	if err == nil {
		if err := d.remove(temp); err != nil {
			return errors.Join(err, d.remove(base))
		}
		return nil
	}
	if _, there := d.root.Lstat(base); there == nil {
		return existsError()
	} else if !errors.Is(there, fs.ErrNotExist) {
		return fmt.Errorf("look at %s: %w", base, cause(there))
	}
	// Some file systems know no links.
	return d.rename("create", base, temp, base)
}
