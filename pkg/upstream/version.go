package upstream

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

// Version is a version of Istio, of a vendor's build of it, of Kubernetes or of Gateway API. Three numbers decide; what
// follows them (-solo, -asm.3, -rc.0, -gke.1014001) names a build of the same release and counts for nothing. The zero
// Version is unspecified: a current one, which has every feature, and the faults without a fix.
type Version struct {
	text                string
	major, minor, patch uint
	numbered            bool
}

// Parse takes a version as mesh.yaml, images, API servers and Google's channels write it: 1.30.2, 1.30, v1.28.0,
// 1.24.3-solo, 1.31-alpha.0, 1.27.3-asm.3, asm-managed-rapid. A channel is a current version, whatever it holds today.
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

// VersionOf parses a text that was checked before. One that is no version is treated as not stated.
func VersionOf(text string) Version {
	v, err := Parse(text)
	if err != nil {
		return Version{}
	}
	return v
}

// IsFull reports whether a text has all three numbers, with an optional build: 1.30.2, 1.28.0-solo. A tag such as
// latest or 1.30 tells less than what runs.
func IsFull(text string) bool {
	const pattern = `^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){2}([-+.][0-9A-Za-z.+-]{1,64})?$`
	return regexp.MustCompile(pattern).MatchString(text)
}

// at is a version of a table.
func at(major, minor, patch uint) Version {
	return Version{major: major, minor: minor, patch: patch, numbered: true}
}

// String is the version as it was written; empty if it was not stated.
func (v Version) String() string {
	if v.text == "" && v.numbered {
		return fmt.Sprintf("%d.%d.%d", v.major, v.minor, v.patch)
	}
	return v.text
}

// Minor is the minor release: 1.30 of 1.30.2-solo. Without numbers it is empty.
func (v Version) Minor() string {
	if !v.numbered {
		return ""
	}
	return fmt.Sprintf("%d.%d", v.major, v.minor)
}

// Short is the version without a patch that is zero, as people say it: 1.30, 1.24.3.
func (v Version) Short() string {
	if v.numbered && v.patch == 0 {
		return v.Minor()
	}
	return v.String()
}

// Stated reports whether the version has numbers to judge by: it was written, and is no channel.
func (v Version) Stated() bool { return v.numbered }

// AtLeast reports whether v is other or a later release. A version without numbers is a current one.
func (v Version) AtLeast(other Version) bool { return !v.numbered || v.compare(other) >= 0 }

// compare is negative, zero or positive as v is earlier than, the same as or later than other.
func (v Version) compare(other Version) int {
	return cmp.Or(cmp.Compare(v.major, other.major), cmp.Compare(v.minor, other.minor), cmp.Compare(v.patch, other.patch))
}
