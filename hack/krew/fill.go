package main

import (
	"bufio"
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
)

const tagToken = "MESH_TAG"

var checksumToken = regexp.MustCompile(`^MESH_[A-Z0-9_]+_CHECKSUM$`)

// fill replaces the tokens of the manifest by the version and by the checksum of each platform's archive. It works on
// the text, so that order and style stay; only the comment at the top goes, which is about the tokens. An archive that
// no platform names is a mistake: nobody would install it.
func fill(text []byte, version string, sums map[string]string) ([]byte, error) {
	m, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	named := map[string]bool{}
	for i, pl := range m.Spec.Platforms {
		archive := strings.ReplaceAll(path.Base(pl.URI), tagToken, version)
		sum, ok := sums[archive]
		if !ok {
			return nil, fmt.Errorf("fill spec.platforms[%d]: no checksum of %s", i, archive)
		}
		if !checksumToken.MatchString(pl.SHA256) || bytes.Count(text, []byte(pl.SHA256)) != 1 {
			return nil, fmt.Errorf("fill spec.platforms[%d].sha256: %q is not a token of its own", i, pl.SHA256)
		}
		text = bytes.Replace(text, []byte(pl.SHA256), []byte(sum), 1)
		named[archive] = true
	}
	for archive := range sums {
		if !named[archive] {
			return nil, fmt.Errorf("no platform of the manifest names %s", archive)
		}
	}
	return bytes.ReplaceAll(withoutHeader(text), []byte(tagToken), []byte(version)), nil
}

func withoutHeader(text []byte) []byte {
	for bytes.HasPrefix(text, []byte("#")) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return text
}

// parseChecksums reads what sha256sum writes: a checksum, two spaces, a name.
func parseChecksums(text []byte) (map[string]string, error) {
	sums := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || !sha256Hex.MatchString(sum) || name == "" {
			return nil, fmt.Errorf("read checksums: line %d is not a checksum and a name", n)
		}
		sums[name] = sum
	}
	return sums, lines.Err()
}
