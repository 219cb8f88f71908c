package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// ProgressLine shows that a command is running.
type ProgressLine struct {
	stream      *Stream // nil shows nothing
	command     string
	ended, done chan struct{}

	mutex sync.Mutex
	now   string // the current activity, in a few words
}

// Progress shows on a terminal, from the first second on, that a command is running: on one line, which is erased
// before other output and at the end. End the result.
func Progress(w io.Writer, command string) *ProgressLine {
	s, ok := w.(*Stream)
	if !ok || s.look.Columns == 0 || !s.look.movesCursor {
		return &ProgressLine{}
	}
	s.screen.erase = func() { fmt.Fprint(s.to, "\r\x1b[K") }
	p := &ProgressLine{stream: s, command: command, ended: make(chan struct{}), done: make(chan struct{})}
	go p.run()
	return p
}

func (p *ProgressLine) run() {
	defer close(p.done)
	tick := time.NewTicker(time.Second / framesPerSecond)
	defer tick.Stop()
	for frame := 0; ; frame++ {
		select {
		case <-p.ended:
			return
		case <-tick.C:
			if frame >= framesPerSecond-1 {
				p.stream.draw(p.command, p.doing(), frame+1)
			}
		}
	}
}

// Show sets the current activity: clusters, or a step. It is safe for concurrent use.
func (p *ProgressLine) Show(now []string) {
	const most = 3
	text := strings.Join(now[:min(most, len(now))], ", ")
	if len(now) > most {
		text += fmt.Sprintf(" and %d more", len(now)-most)
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.now = OneLine(text)
}

func (p *ProgressLine) doing() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.now
}

// End erases the line.
func (p *ProgressLine) End() {
	if p.stream == nil {
		return
	}
	close(p.ended)
	<-p.done
	p.stream.screen.mutex.Lock()
	defer p.stream.screen.mutex.Unlock()
	p.stream.screen.clear()
}

const framesPerSecond = 8

// draw draws the line unless the previous one is incomplete, such as a question. The activity is truncated to the
// terminal's width, because two lines cannot be erased.
func (s *Stream) draw(command, now string, frame int) {
	s.screen.mutex.Lock()
	defer s.screen.mutex.Unlock()
	if s.screen.isOpen {
		return
	}
	frames := []string{"|", "/", "-", "\\"}
	if s.look.Symbols {
		frames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"}
	}
	line := fmt.Sprintf("%s %s: %ds", frames[frame%len(frames)], command, frame/framesPerSecond)
	if Width(line) >= s.look.Columns {
		return
	}
	if now = clipped(now, s.look.Columns-1-Width(line)-len(", ")); now != "" {
		line += ", " + now
	}
	s.screen.clear()
	fmt.Fprint(s.to, s.look.Paint(Muted, line))
	s.screen.drawn = line
}

// clipped truncates a text; empty if only a few characters fit.
func clipped(text string, columns int) string {
	const few, dots = 8, "..."
	if Width(text) <= columns {
		return text
	}
	if columns < few {
		return ""
	}
	runes := []rune(text)
	for len(runes) > 0 && Width(string(runes))+len(dots) > columns {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + dots
}
