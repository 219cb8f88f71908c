package clusters

import (
	"bytes"
	"os"
	"testing"
)

const tailLines = 30

// logTails shows what each program said last.
func logTails(t testing.TB, processes ...*process) {
	t.Helper()
	for _, p := range processes {
		if p == nil {
			continue
		}
		content, err := os.ReadFile(p.log)
		if err != nil {
			t.Logf("read the log of %s: %v", p.name, err)
			continue
		}
		t.Logf("the end of %s:\n%s", p.log, tail(content, tailLines))
	}
}

// tail returns the last n lines.
func tail(content []byte, n int) []byte {
	lines := bytes.SplitAfter(bytes.TrimRight(content, "\n"), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-n):], nil)
}
