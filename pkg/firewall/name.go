package firewall

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxName is how long the name of a resource of Google Compute may be.
const maxName = 63

// fit makes a name of at most 63 characters, with a digest of its identity in place of what does
// not fit, or when it is asked for.
func fit(name, identity, suffix string, digest bool) string {
	if !digest && len(name)+len(suffix) <= maxName {
		return name + suffix
	}
	sum := sha256.Sum256([]byte(identity))
	tail := "-" + hex.EncodeToString(sum[:4]) + suffix
	return strings.TrimRight(name[:min(len(name), maxName-len(tail))], "-") + tail
}
