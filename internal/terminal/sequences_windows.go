package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// localeIsUTF8: Windows consoles support Unicode, whatever the variables.
const localeIsUTF8 = true

// obeysSequences enables escape sequences, which consoles support since Windows 10.
func obeysSequences(file *os.File) bool {
	var mode uint32
	console := windows.Handle(file.Fd())
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
