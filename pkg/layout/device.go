package layout

import (
	"slices"
	"strings"
)

// IsDevice recognizes names that Windows reserves in every directory and with every extension.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func IsDevice(element string) bool {
	stem, _, _ := strings.Cut(element, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}, stem) {
		return true
	}
	digit, port := strings.CutPrefix(stem, "COM")
	if !port {
		digit, port = strings.CutPrefix(stem, "LPT")
	}
	return port && len([]rune(digit)) == 1 && strings.Contains("0123456789¹²³", digit)
}
