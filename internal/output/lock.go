package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
)

const lockName = "mesh.lock"

// A comment is what sha256sum skips, so `sha256sum -c mesh.lock` verifies a tree.
const lockHeader = `# Digests of the files that kubectl mesh wrote to this directory, by which it removes
# stale files and detects files edited by hand. Written by kubectl mesh; commit it, do not edit it.
# To verify the files: sha256sum -c mesh.lock
`

type digest [sha256.Size]byte

func digestOf(content []byte) digest { return sha256.Sum256(content) }

// lock is what mesh.lock says: the digests that the file at a path may have. There is one,
// or several after a run that was killed or a merge that kept both sides.
type lock map[string][]digest

func (l lock) add(path string, digests ...digest) {
	for _, d := range digests {
		if !l.has(path, d) {
			l[path] = append(l[path], d)
		}
	}
}

func (l lock) has(path string, d digest) bool {
	return slices.Contains(l[path], d)
}

func (l lock) lists(path string) bool {
	return len(l[path]) > 0
}

// merge adds what other lists.
func (l lock) merge(other lock) {
	for path, digests := range other {
		l.add(path, digests...)
	}
}

// covers reports whether everything that other lists is listed.
func (l lock) covers(other lock) bool {
	for path, digests := range other {
		for _, d := range digests {
			if !l.has(path, d) {
				return false
			}
		}
	}
	return true
}

// same reports whether both lists mean the same; order does not matter.
func (l lock) same(other lock) bool {
	return maps.EqualFunc(l, other, func(a, b []digest) bool {
		return slices.Equal(a, b) || slices.Equal(sortDigests(a), sortDigests(b))
	})
}

// format writes the lock as sha256sum would.
func (l lock) format() []byte {
	var b bytes.Buffer
	b.WriteString(lockHeader)
	for _, path := range slices.Sorted(maps.Keys(l)) {
		for _, d := range sortDigests(l[path]) {
			b.Write(hex.AppendEncode(b.AvailableBuffer(), d[:]))
			b.WriteString("  " + path + "\n")
		}
	}
	return b.Bytes()
}

func sortDigests(digests []digest) []digest {
	if len(digests) < 2 {
		return digests
	}
	return slices.SortedFunc(slices.Values(digests), func(a, b digest) int {
		return bytes.Compare(a[:], b[:])
	})
}
