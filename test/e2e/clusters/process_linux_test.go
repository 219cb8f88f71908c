package clusters

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// orphanDir tells a copy of the test binary to start a program there, say its process ID, and wait to be killed.
const orphanDir = "KUBECTL_MESH_TEST_ORPHAN_DIR"

func TestChildrenDieWithAKilledTestBinary(t *testing.T) {
	if dir := os.Getenv(orphanDir); dir != "" {
		waitForDeath(t, dir)
	}
	binary := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	binary.Env = append(os.Environ(), orphanDir+"="+t.TempDir())
	output, err := binary.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := binary.Start(); err != nil {
		t.Fatal(err)
	}
	child, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := binary.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = binary.Wait() // says that it was killed
	gone := func(context.Context) error { return ended(strings.TrimSpace(child)) }
	if err := await(t.Context(), startShell(t, "exec sleep 10"), gone); err != nil {
		t.Errorf("program %s of a killed test binary: %v", child, err)
	}
}

func waitForDeath(t *testing.T, dir string) {
	p, err := startProcess(dir, "sleep", "/bin/sleep", "60")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(p.cmd.Process.Pid)
	<-p.done
}

// ended asks the kernel; an ended process whose new parent does not care stays in the table as a zombie, Z.
func ended(pid string) error {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err == nil && !bytes.Contains(stat, []byte(") Z ")) {
		return errors.New("still runs")
	}
	return nil
}
