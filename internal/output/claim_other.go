//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package output

import "os"

// claim does nothing where the standard library offers no lock on a folder: there, two runs
// at once in one folder are the user's to avoid.
func claim(*os.Root) (release func(), err error) {
	return func() {}, nil
}
