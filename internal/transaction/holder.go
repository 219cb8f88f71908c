package transaction

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// holder is the content of the lock file about the run that holds the lock. It is informational: the kernel holds the
// lock, and releases it when that run ends, whatever the file contains.
type holder struct {
	Command string `json:"command"`
	Process int    `json:"process"`
	Host    string `json:"host"`
}

// maxHolder is more than any holder writes.
const maxHolder = 4096

// name writes the holder of the lock into its file. If that fails, on a full disk, the holder is unknown.
func (l *lock) name(command string) {
	host, _ := os.Hostname() // without one, the process has to do
	text, err := json.Marshal(holder{Command: command, Process: os.Getpid(), Host: host})
	if err != nil {
		return
	}
	_ = l.disk.Do("write", layout.WriterLock(), func() error {
		if err := l.file.Truncate(0); err != nil {
			return err
		}
		_, err := l.file.WriteAt(append(text, '\n'), 0)
		return err
	})
}

// readHolder returns the holder of the lock, if it can be read.
func readHolder(d disk.Dir) string {
	var h holder
	text, err := d.Read(layout.WriterLock(), maxHolder)
	if err != nil || json.Unmarshal(text, &h) != nil || h.Process == 0 {
		return "another kubectl mesh process is changing it"
	}
	if h.Command = printable.Map(h.Command, -1); h.Command == "" {
		h.Command = "kubectl mesh"
	}
	where := strconv.Itoa(h.Process)
	if h.Host = printable.Map(h.Host, -1); h.Host != "" {
		where += " on " + h.Host
	}
	return fmt.Sprintf("%q (process %s) is changing it", h.Command, where)
}
