package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// localeIsUTF8: a console of Windows takes Unicode, whatever the variables are.
const localeIsUTF8 = true

// obeysSequences has the console obey escape sequences, which it does since Windows 10.
func obeysSequences(file *os.File) bool {
	var mode uint32
	console := windows.Handle(file.Fd())
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
