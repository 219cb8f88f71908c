package v1alpha1

import (
	"slices"
	"strconv"
	"strings"
)

// AtLeast tells whether the control plane has what began with a version, such as 1.28.0. One that
// says no version is a current one.
func (i Istio) AtLeast(since string) bool {
	return i.Version == "" || slices.Compare(numbers(i.Version), numbers(since)) >= 0
}

// numbers are the leading numbers of a version: 1.28.0-solo gives 1, 28, 0.
func numbers(version string) []int {
	plain := strings.FieldsFunc(version, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })[0]
	var parts []int
	for part := range strings.SplitSeq(plain, ".") {
		number, _ := strconv.Atoi(part) // at most three digits, or a dot too many
		parts = append(parts, number)
	}
	return parts
}
