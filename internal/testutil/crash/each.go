package crash

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"testing"
)

// EachKill runs a command repeatedly, and kills it one file operation later each time, until it ends by itself, which
// must be a success. command prepares a run and passes point to it, for Parse; check inspects what the killed run left.
// It returns how often the command was killed.
func EachKill(t testing.TB, command func(point string) *exec.Cmd, check func(point string)) int {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process that was killed cannot be told from one that failed")
	}
	for n := 1; ; n++ {
		point := fmt.Sprintf("kill:%d", n)
		run := command(point)
		out, err := run.CombinedOutput()
		if err == nil {
			return n - 1
		}
		if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != -1 {
			t.Fatalf("%s: the command ended by itself: %v\n%s", point, err, out)
		}
		if check(point); t.Failed() {
			return n
		}
	}
}
