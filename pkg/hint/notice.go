package hint

import "fmt"

// Notice is something that is said while work goes on: what was done, or a warning; and what helps.
type Notice struct {
	Warning  bool
	Text     string
	Remedies []string
}

// Log takes the notices of a piece of work, in order. It may be called from one goroutine at a time.
type Log func(Notice)

// Info tells what was done.
func (t Log) Info(format string, args ...any) {
	if t != nil {
		t(Notice{Text: fmt.Sprintf(format, args...)})
	}
}

// Warn tells what does not stop the work, with a remedy where there is one.
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

// Advise tells what to do next.
func (t Log) Advise(remedy string) {
	if t != nil && remedy != "" {
		t(Notice{Remedies: []string{remedy}})
	}
}
