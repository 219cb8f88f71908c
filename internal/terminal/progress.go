package terminal

import (
	"fmt"
	"io"
	"time"
)

// Progress shows, from the first second on, that a command is at work: one line at a terminal, which is erased before
// anything else is printed and at the end. Elsewhere it shows nothing. The result ends it.
func Progress(w io.Writer, what string) (end func()) {
	s, ok := w.(*Stream)
	if !ok || s.look.Columns == 0 || !s.look.movesCursor {
		return func() {}
	}
	s.screen.erase = func() { fmt.Fprint(s.to, "\r\x1b[K") }
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second / framesPerSecond)
		defer tick.Stop()
		for frame := 0; ; frame++ {
			select {
			case <-ended:
				return
			case <-tick.C:
				if frame >= framesPerSecond-1 {
					s.draw(what, frame+1)
				}
			}
		}
	}()
	return func() {
		close(ended)
		<-done
		s.screen.mutex.Lock()
		defer s.screen.mutex.Unlock()
		s.screen.clear()
	}
}

const framesPerSecond = 8

// draw draws the line, unless the line above has no end yet: a question waits for its answer there.
func (s *Stream) draw(what string, frame int) {
	s.screen.mutex.Lock()
	defer s.screen.mutex.Unlock()
	if s.screen.isOpen {
		return
	}
	frames := []string{"|", "/", "-", "\\"}
	if s.look.Symbols {
		frames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"}
	}
	line := fmt.Sprintf("%s %s: %ds", frames[frame%len(frames)], what, frame/framesPerSecond)
	if Width(line) >= s.look.Columns {
		return // it could not be erased: it would take two lines
	}
	s.screen.clear()
	fmt.Fprint(s.to, s.look.Paint(Muted, line))
	s.screen.drawn = line
}
