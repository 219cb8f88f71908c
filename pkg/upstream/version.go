package upstream

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

// Version of Istio, of a vendor's build of it, of Kubernetes or of Gateway API. Three numbers are compared; a suffix
// (-solo, -asm.3, -rc.0, -gke.1014001) names a build of the same release and is ignored. The zero Version is
// unspecified and counts as current, with every feature and the faults without a fix.
type Version struct {
	text                string
	major, minor, patch uint
	numbered            bool
}

// Parse parses a version as in mesh.yaml, images, API servers and Google's channels: 1.30.2, 1.30, v1.28.0,
// 1.24.3-solo, 1.31-alpha.0, 1.27.3-asm.3, asm-managed-rapid. A channel counts as current, whatever it contains today.
// An empty text is the zero Version.
func Parse(text string) (Version, error) {
	if text == "" || isChannel(text) {
		return Version{text: text}, nil
	}
	parsed, err := version.ParseGeneric(text)
	if err != nil || strings.TrimSpace(text) != text {
		return Version{}, fmt.Errorf("parse version %q: use a form such as 1.30.2", text)
	}
	v := Version{text: text, major: parsed.Major(), minor: parsed.Minor(), patch: parsed.Patch(), numbered: true}
	return v, nil
}

// VersionOf parses a validated text. An invalid version counts as unspecified.
func VersionOf(text string) Version {
	v, err := Parse(text)
	if err != nil {
		return Version{}
	}
	return v
}

// IsFull reports whether a text has all three numbers, with an optional build: 1.30.2, 1.28.0-solo. A tag such as
// latest or 1.30 does not identify a release.
func IsFull(text string) bool {
	const pattern = `^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){2}([-+.][0-9A-Za-z.+-]{1,64})?$`
	return regexp.MustCompile(pattern).MatchString(text)
}

// at returns a version of a table.
func at(major, minor, patch uint) Version {
	return Version{major: major, minor: minor, patch: patch, numbered: true}
}

// String returns the version as written; empty if unspecified.
func (v Version) String() string {
	if v.text == "" && v.numbered {
		return fmt.Sprintf("%d.%d.%d", v.major, v.minor, v.patch)
	}
	return v.text
}

// Minor returns the minor release: 1.30 for 1.30.2-solo. Empty without numbers.
func (v Version) Minor() string {
	if !v.numbered {
		return ""
	}
	return fmt.Sprintf("%d.%d", v.major, v.minor)
}

// Short returns the version without a zero patch: 1.30, 1.24.3.
func (v Version) Short() string {
	if v.numbered && v.patch == 0 {
		return v.Minor()
	}
	return v.String()
}

// Stated reports whether the version has numbers to compare: it is specified, and is no channel.
func (v Version) Stated() bool { return v.numbered }

// AtLeast reports whether v is at least other. A version without numbers counts as current.
func (v Version) AtLeast(other Version) bool { return !v.numbered || v.compare(other) >= 0 }

// compare returns a negative number, zero or a positive number if v is earlier than, equal to or later than other.
func (v Version) compare(other Version) int {
	return cmp.Or(cmp.Compare(v.major, other.major), cmp.Compare(v.minor, other.minor), cmp.Compare(v.patch, other.patch))
}
