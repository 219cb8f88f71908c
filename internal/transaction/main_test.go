package transaction_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// The test binary is also the program that tests start, kill and race: these variables say what it does.
const (
	childTask  = "TRANSACTION_TEST_TASK"
	childDir   = "TRANSACTION_TEST_DIR"
	childPoint = "TRANSACTION_TEST_POINT"
	childWait  = "TRANSACTION_TEST_WAIT"
)

func TestMain(m *testing.M) {
	task := os.Getenv(childTask)
	if task == "" {
		os.Exit(m.Run())
	}
	if err := runChild(task, os.Getenv(childDir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child is a process that does a task in a directory.
func child(ctx context.Context, t testing.TB, task, dir, point string, wait time.Duration) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), childTask+"="+task, childDir+"="+dir, childPoint+"="+point, childWait+"="+wait.String())
	return cmd
}

func runChild(task, dir string) error {
	links, point, _ := strings.Cut(os.Getenv(childPoint), ",")
	hook, err := crash.Parse(point)
	if err != nil {
		return err
	}
	hook = without(links, hook)
	wait, err := time.ParseDuration(os.Getenv(childWait))
	if err != nil {
		return err
	}
	ctx := context.Background()
	tx, err := transaction.Begin(ctx, dir, transaction.Options{Command: task, Wait: wait, Hook: hook})
	if err != nil {
		return err
	}
	defer tx.Close()
	switch task {
	case "rotate":
		rotation(tx)
		_, err = tx.Commit(ctx, nil)
	case "recover":
	case "count":
		err = count(ctx, tx)
	case "hold":
		hold()
	default:
		err = errors.New("no task " + task)
	}
	return err
}

// hold keeps the lock until the test closes the pipe.
func hold() {
	fmt.Println("held")
	_, _ = os.Stdin.Read(make([]byte, 1)) // the end of the pipe is what it waits for
}

// counters are files that have to say the same number at all times.
var counters = []string{"clusters/count", "credentials/east/count", "trust/count"}

// count adds one to the number, and signs with its process.
func count(ctx context.Context, tx *transaction.Tx) error {
	n := 0
	text, err := tx.Read(counters[0])
	if err == nil {
		n, err = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range counters {
		tx.Write(name, fmt.Appendln(nil, n+1), transaction.Private)
	}
	_, err = tx.Commit(ctx, func(files fs.FS) error { return sameCounters(files, n+1) })
	return err
}

func sameCounters(files fs.FS, n int) error {
	for _, name := range counters {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if string(text) != fmt.Sprintln(n) {
			return fmt.Errorf("%s: %q, want %d", name, text, n)
		}
	}
	return nil
}
