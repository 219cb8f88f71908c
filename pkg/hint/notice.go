package hint

import "fmt"

// Notice is a message of a running operation: what was done, or a warning; with its remedies.
type Notice struct {
	Warning  bool
	Text     string
	Remedies []string
}

// Log receives the notices of an operation, in order. It is not safe for concurrent use.
type Log func(Notice)

// Info reports what was done.
func (t Log) Info(format string, args ...any) {
	if t != nil {
		t(Notice{Text: fmt.Sprintf(format, args...)})
	}
}

// Warn reports what does not stop the operation, with a remedy if there is one.
func (t Log) Warn(remedy, format string, args ...any) {
	if t == nil {
		return
	}
	notice := Notice{Warning: true, Text: fmt.Sprintf(format, args...)}
	if remedy != "" {
		notice.Remedies = []string{remedy}
	}
	t(notice)
}

// Advise reports what to do next.
func (t Log) Advise(remedy string) {
	if t != nil && remedy != "" {
		t(Notice{Remedies: []string{remedy}})
	}
}
