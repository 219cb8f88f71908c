package firewall

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxName is the maximum length of a Compute Engine resource name.
const maxName = 63

// fit returns a name of at most 63 characters. A digest of its identity replaces what does not fit, or is added on
// request.
func fit(name, identity, suffix string, digest bool) string {
	if !digest && len(name)+len(suffix) <= maxName {
		return name + suffix
	}
	sum := sha256.Sum256([]byte(identity))
	tail := "-" + hex.EncodeToString(sum[:4]) + suffix
	return strings.TrimRight(name[:min(len(name), maxName-len(tail))], "-") + tail
}
