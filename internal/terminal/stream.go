package terminal

import (
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Stream is stdout or stderr with the look of what is behind it. Bytes pass as they are.
type Stream struct {
	to     io.Writer
	look   Look
	screen *screen
}

// screen is the terminal that both streams may end in.
type screen struct {
	mutex sync.Mutex
	// isOpen: the last line has no end yet; it is a question perhaps.
	isOpen bool
	// drawn is the progress line that is shown now; empty: there is none.
	drawn string
	erase func()
	said  map[string]bool
}

// Attach finds out what two streams show.
func Attach(out, errOut io.Writer, environ []string) (stdout, stderr *Stream) {
	shared := &screen{said: map[string]bool{}}
	return &Stream{to: out, look: detect(out, environ), screen: shared},
		&Stream{to: errOut, look: detect(errOut, environ), screen: shared}
}

// Write passes the bytes on. A progress line gives way.
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

// isFirst reports whether a notice is new in this run: one reading of the files may be followed by another.
func (s *Stream) isFirst(notice hint.Notice) bool {
	s.screen.mutex.Lock()
	defer s.screen.mutex.Unlock()
	key := notice.Text + "\n" + strings.Join(notice.Remedies, "\n")
	isFirst := !s.screen.said[key]
	s.screen.said[key] = true
	return isFirst
}

// ColourModes are what the flag --color takes.
func ColourModes() []string { return []string{"auto", "always", "never"} }

// Colour is the value of the flag --color, which decides for both streams.
type Colour struct {
	mode    string
	streams []*Stream
}

// ColourOf is the flag for these streams; any other writer has no colours.
func ColourOf(streams ...io.Writer) *Colour {
	c := &Colour{mode: "auto"}
	for _, w := range streams {
		if s, ok := w.(*Stream); ok {
			c.streams = append(c.streams, s)
		}
	}
	return c
}

// String is the mode.
func (c *Colour) String() string { return c.mode }

// Type is what a list of flags calls the value.
func (c *Colour) Type() string { return "string" }

// Set takes effect at once, so that errors about other flags are shown as it says.
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
