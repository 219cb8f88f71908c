package manifest

import (
	"cmp"
	"unicode"
	"unicode/utf8"
)

// compareKeys orders the keys of a mapping as the library does, for people: port2 before port10, and what
// is no letter before what is one.
func compareKeys(a, b string) int {
	i := commonPrefix(a, b)
	if i == len(a) || i == len(b) {
		return cmp.Compare(len(a), len(b))
	}
	ra, _ := utf8.DecodeRuneInString(a[i:])
	rb, _ := utf8.DecodeRuneInString(b[i:])
	la, lb := unicode.IsLetter(ra), unicode.IsLetter(rb)
	switch {
	case la && lb:
		return cmp.Compare(ra, rb)
	case la:
		return 1
	case lb:
		return -1
	}
	carry := int64(0)
	if (ra == '0' || rb == '0') && continuesNumber(a[:i]) {
		carry = 1
	}
	na, digitsA := leadingNumber(a[i:], carry)
	nb, digitsB := leadingNumber(b[i:], carry)
	return cmp.Or(cmp.Compare(na, nb), cmp.Compare(digitsA, digitsB), cmp.Compare(ra, rb))
}

// commonPrefix returns how many bytes of whole characters a and b have in common.
func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	for i > 0 && i < n && !(utf8.RuneStart(a[i]) && utf8.RuneStart(b[i])) {
		i--
	}
	return i
}

// continuesNumber reports whether a zero after s is part of a number and not in front of one.
func continuesNumber(s string) bool {
	for len(s) > 0 {
		r, size := utf8.DecodeLastRuneInString(s)
		if !unicode.IsDigit(r) {
			return false
		}
		if r != '0' {
			return true
		}
		s = s[:len(s)-size]
	}
	return false
}

// leadingNumber reads the digits at the start of s as the library does, overflow included, and counts them.
func leadingNumber(s string, n int64) (number int64, digits int) {
	for _, r := range s {
		if !unicode.IsDigit(r) {
			break
		}
		n = n*10 + int64(r-'0')
		digits++
	}
	return n, digits
}
