//go:build !windows

package terminal

import "os"

// localeIsUTF8 is the default locale: the C locale.
const localeIsUTF8 = false

// obeysSequences reports whether a terminal supports escape sequences, according to TERM.
func obeysSequences(*os.File) bool { return true }
