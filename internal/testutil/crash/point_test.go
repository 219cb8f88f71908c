package crash_test

import (
	"errors"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
)

var errInjected = errors.New("injected")

// failures tells which of five operations fail.
func failures(hook disk.Hook) (failed []int) {
	for n := 1; n <= 5; n++ {
		if hook("op", "name") != nil {
			failed = append(failed, n)
		}
	}
	return failed
}

func TestPoints(t *testing.T) {
	once, forever, never := crash.FailAt(2, errInjected), crash.FailFrom(4, errInjected), crash.FailAt(6, errInjected)
	if failed := failures(once.Hook); len(failed) != 1 || failed[0] != 2 {
		t.Error(failed)
	}
	if failed := failures(forever.Hook); len(failed) != 2 || failed[0] != 4 || failed[1] != 5 {
		t.Error(failed)
	}
	if failed := failures(never.Hook); failed != nil || never.Reached() || !forever.Reached() {
		t.Error(failed, never.Reached(), forever.Reached())
	}
}

func TestParse(t *testing.T) {
	hook, err := crash.Parse("fail:2")
	if err != nil {
		t.Fatal(err)
	}
	if hook("op", "name") != nil || !errors.Is(hook("op", "name"), syscall.ENOSPC) || hook("op", "name") != nil {
		t.Error("not the second operation")
	}
	if hook, err := crash.Parse(""); hook != nil || err != nil {
		t.Error("a point out of nothing", err)
	}
	for text, want := range map[string]string{
		"stop:1": `crash point "stop:1": neither kill nor fail`,
		"kill":   `crash point "kill": strconv.Atoi: parsing "": invalid syntax`,
	} {
		if _, err := crash.Parse(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
