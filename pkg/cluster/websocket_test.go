package cluster

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
)

// pipe is a connection on which in has been said; what is said to it is kept.
type pipe struct{ bytes.Buffer }

func (*pipe) Close() error { return nil }

func socket(in []byte) (*webSocket, *pipe) {
	out := &pipe{}
	return &webSocket{WriteCloser: out, in: bufio.NewReader(bytes.NewReader(in))}, out
}

// serverFrame is a frame as a server sends it.
func serverFrame(opcode byte, payload string) []byte {
	frame := []byte{0x80 | opcode}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, byte(n))
	case n <= 0xFFFF:
		frame = append(frame, 126, byte(n>>8), byte(n))
	default:
		frame = append(frame, 127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(frame, payload...)
}

func TestChannelReader(t *testing.T) {
	long, huge := strings.Repeat("x", 300), strings.Repeat("y", 70000)
	tests := map[string]struct {
		frames [][]byte
		want   string
		err    string
	}{
		"the port comes first": {[][]byte{serverFrame(opBinary, "\x00\x01\x02"), serverFrame(opBinary, "\x01\x01\x02"), serverFrame(opBinary, "\x00hello")}, "hello", ""},
		"the port in halves":   {[][]byte{serverFrame(opBinary, "\x00\x01"), serverFrame(opBinary, "\x00\x02hello")}, "hello", ""},
		"long frames":          {[][]byte{serverFrame(opBinary, "\x00\x01\x02"+long), serverFrame(opBinary, "\x00"+huge)}, long + huge, ""},
		"a close":              {[][]byte{serverFrame(opBinary, "\x00\x01\x02a"), serverFrame(opClose, ""), serverFrame(opBinary, "\x00b")}, "a", ""},
		"an error":             {[][]byte{serverFrame(opBinary, "\x01\x01\x02"), serverFrame(opBinary, "\x01connection refused")}, "", "connection refused"},
		"a third channel":      {[][]byte{serverFrame(opBinary, "\x02x")}, "", "a channel that was not asked for"},
		"a piece":              {[][]byte{serverFrame(opContinue, "x")}, "", "in pieces"},
		"half a frame":         {[][]byte{serverFrame(opBinary, "\x00\x01\x02abc")[:4]}, "", "unexpected EOF"},
		"a masked frame":       {[][]byte{{0x82, 0x81, 0, 0, 0, 0, 'x'}}, "", "not one of a server"},
		"an endless frame":     {[][]byte{{0x82, 127, 0x7F, 0, 0, 0, 0, 0, 0, 0}}, "", "not one of a server"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, _ := socket(bytes.Join(test.frames, nil))
			got, err := io.ReadAll(&channelReader{socket: w})
			if string(got) != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %d bytes, %v; want %d, %q", len(got), err, len(test.want), test.err)
			}
		})
	}
}

// TestPong: a ping is answered with what it says, masked.
func TestPong(t *testing.T) {
	w, out := socket(append(serverFrame(opPing, "hi"), serverFrame(opBinary, "\x00\x01\x02x")...))
	if got, err := io.ReadAll(&channelReader{socket: w}); err != nil || string(got) != "x" {
		t.Fatalf("got %q, %v", got, err)
	}
	frame := out.Bytes()
	if len(frame) != 8 || frame[0] != 0x80|opPong || frame[1] != 0x80|2 || frame[6]^frame[2] != 'h' || frame[7]^frame[3] != 'i' {
		t.Errorf("got % x", frame)
	}
}

func FuzzChannelReader(f *testing.F) {
	f.Add(serverFrame(opBinary, "\x00\x01\x02hello"))
	f.Add(append(serverFrame(opPing, "x"), serverFrame(opClose, "")...))
	f.Fuzz(func(_ *testing.T, in []byte) {
		w, _ := socket(in)
		_, _ = io.ReadAll(&channelReader{socket: w})
	})
}
