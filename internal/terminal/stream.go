package terminal

import (
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Stream is stdout or stderr with its look. Bytes are unchanged.
type Stream struct {
	to     io.Writer
	look   Look
	screen *screen
}

// screen is the terminal that both streams can share.
type screen struct {
	mutex sync.Mutex
	// isOpen is set if the last line is incomplete, such as a question.
	isOpen bool
	// drawn is the visible progress line; empty if there is none.
	drawn string
	erase func()
	said  map[string]bool
}

// Attach detects what two streams support.
func Attach(out, errOut io.Writer, environ []string) (stdout, stderr *Stream) {
	shared := &screen{said: map[string]bool{}}
	return &Stream{to: out, look: detect(out, environ), screen: shared},
		&Stream{to: errOut, look: detect(errOut, environ), screen: shared}
}

// Write writes the bytes after erasing the progress line.
func (s *Stream) Write(text []byte) (int, error) {
	s.screen.mutex.Lock()
	defer s.screen.mutex.Unlock()
	s.screen.clear()
	n, err := s.to.Write(text)
	if s.look.Columns > 0 && n > 0 {
		s.screen.isOpen = text[n-1] != '\n'
	}
	return n, err
}

func (s *screen) clear() {
	if s.drawn != "" {
		s.erase()
		s.drawn = ""
	}
}

// isFirst reports whether a notice is new in this run: files can be read several times.
func (s *Stream) isFirst(notice hint.Notice) bool {
	s.screen.mutex.Lock()
	defer s.screen.mutex.Unlock()
	key := notice.Text + "\n" + strings.Join(notice.Remedies, "\n")
	isFirst := !s.screen.said[key]
	s.screen.said[key] = true
	return isFirst
}

// ColourModes are the values of --color.
func ColourModes() []string { return []string{"auto", "always", "never"} }

// Colour is the value of --color, for both streams.
type Colour struct {
	mode    string
	streams []*Stream
}

// ColourOf returns the flag for these streams; other writers have no colours.
func ColourOf(streams ...io.Writer) *Colour {
	c := &Colour{mode: "auto"}
	for _, w := range streams {
		if s, ok := w.(*Stream); ok {
			c.streams = append(c.streams, s)
		}
	}
	return c
}

func (c *Colour) String() string { return c.mode }

// Type is the value's name in the list of flags.
func (c *Colour) Type() string { return "string" }

// Set takes effect immediately, including for errors about other flags.
func (c *Colour) Set(mode string) error {
	switch mode {
	case "auto":
	case "always", "never":
		for _, s := range c.streams {
			s.look.Colour = mode == "always"
		}
	default:
		return errors.New("use one of auto, always, never")
	}
	c.mode = mode
	return nil
}
