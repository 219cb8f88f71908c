package kubeconfig

import "strings"

// maxLabel is the longest DNS-1123 label (RFC 1123 section 2.1).
const maxLabel = 63

// noLabel replaces a name without a usable character.
const noLabel = "cluster"

// Label converts any string to a DNS-1123 label: ASCII letters become lower-case, each run of other characters becomes
// one '-', and the result is truncated. A string without letters and digits becomes "cluster".
func Label(s string) string {
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() < maxLabel; i++ {
		switch c := s[i]; {
		case isLowerOrDigit(c):
			b.WriteByte(c)
		case 'A' <= c && c <= 'Z':
			b.WriteByte(c - 'A' + 'a')
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if made := strings.TrimRight(b.String(), "-"); made != "" {
		return made
	}
	return noLabel
}

// joinLabels appends suffix to base, truncating base to the maximum length. Both are labels, and suffix leaves room for
// base.
func joinLabels(base, suffix string) string {
	room := maxLabel - 1 - len(suffix)
	if len(base) > room {
		base = strings.TrimRight(base[:room], "-")
	}
	return base + "-" + suffix
}

// only reports whether s is not empty and consists of lower-case ASCII letters, digits and characters of extra.
func only(s, extra string) bool {
	for i := range len(s) {
		if !isLowerOrDigit(s[i]) && strings.IndexByte(extra, s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

func isLowerOrDigit(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
