package mesh

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// MaxSize bounds the size of a file: a thousand clusters with their certificate authorities take two to three
// megabytes.
const MaxSize = 4 << 20

// maxParts bounds the lines, commas, brackets and dashes of a file, and thereby the nodes that the decoder creates: a
// thousand clusters take about fifty thousand.
const maxParts = 150_000

// byteOrderMark is written by some editors at the start of UTF-8 text; YAML allows it there.
const byteOrderMark = "\ufeff"

// checkText rejects a text that is not a single YAML document before it is parsed.
func checkText(data []byte, kind string) *Problem {
	switch {
	case len(data) > MaxSize:
		return problem(0, fmt.Sprintf("is larger than %d MiB", MaxSize>>20),
			"move content that is not mesh configuration to other files")
	case len(bytes.TrimSpace(data)) == 0:
		hint := "create one from your kubeconfig: kubectl mesh init"
		if kind == v1alpha1.KindClusterFacts {
			hint = "add facts of the cluster, or remove the file"
		}
		return problem(0, "is empty", hint)
	case bytes.IndexByte(data, 0) >= 0:
		return problem(lineAt(data, bytes.IndexByte(data, 0)), "contains a NUL byte, and is not text",
			"save it as UTF-8 text")
	case !utf8.Valid(data):
		return problem(0, "is not UTF-8 text", "save it as UTF-8 text")
	case strict.Parts(data) > maxParts:
		return problem(0, fmt.Sprintf("has more than %d lines and list entries", maxParts),
			"move content that is not mesh configuration to other files")
	}
	if offset := strict.Unreadable(data); offset >= 0 {
		sign, _ := utf8.DecodeRune(data[offset:])
		return problem(lineAt(data, offset), fmt.Sprintf("contains the character %U", sign),
			"remove it, or use an escape in double quotes; a line ends with LF or CR LF")
	}
	if line := strict.SecondDocument(data); line > 0 {
		return problem(line, "a second document begins here", "keep one document per file: remove what follows the ---")
	}
	return nil
}

func problem(line int, message, hint string) *Problem {
	return &Problem{Severity: SeverityError, Line: line, Message: message, Hint: hint}
}

func lineAt(data []byte, offset int) int { return 1 + bytes.Count(data[:offset], []byte("\n")) }
