package cluster

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// The opcodes of WebSocket (RFC 6455 section 5.2) that a client meets.
const (
	opContinue = 0x0
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xA
)

// maxFrame bounds what one frame may hold; kubelets send 32 KiB at most.
const maxFrame = 1 << 20

// channelProtocol numbers the streams of a WebSocket by their first byte (k8s.io/streaming
// pkg/httpstream/wsstream).
const channelProtocol = "v4.channel.k8s.io"

// webSocket is a connection through an API server, in the binary protocol of channels. It is as
// much of RFC 6455 as port forwarding needs.
type webSocket struct {
	io.WriteCloser
	in *bufio.Reader
}

// upgrade turns a request into a WebSocket. The transport must speak HTTP/1.1.
func upgrade(transport http.RoundTripper, request *http.Request) (*webSocket, error) {
	key := make([]byte, 16)
	_, _ = rand.Read(key) // never fails
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "websocket")
	request.Header.Set("Sec-WebSocket-Version", "13")
	request.Header.Set("Sec-WebSocket-Key", base64.StdEncoding.EncodeToString(key))
	request.Header.Set("Sec-WebSocket-Protocol", channelProtocol)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	stream, both := response.Body.(io.ReadWriteCloser)
	if response.StatusCode != http.StatusSwitchingProtocols || !both || response.Header.Get("Sec-WebSocket-Protocol") != channelProtocol {
		defer response.Body.Close()
		return nil, refusal(response)
	}
	return &webSocket{WriteCloser: stream, in: bufio.NewReader(stream)}, nil
}

// write sends one frame. What a client sends is masked.
func (w *webSocket) write(opcode byte, payload []byte) error {
	frame := []byte{0x80 | opcode}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n <= 0xFFFF:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		return errors.New("send a frame: it is too long")
	}
	mask := make([]byte, 4)
	_, _ = rand.Read(mask) // never fails
	frame = append(frame, mask...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%len(mask)])
	}
	_, err := w.Write(frame)
	return err
}

// next returns the payload of the next frame with data, and io.EOF at the end.
func (w *webSocket) next() ([]byte, error) {
	for {
		opcode, payload, err := w.frame()
		switch {
		case err != nil:
			return nil, err
		case opcode == opClose:
			return nil, io.EOF
		case opcode == opPing:
			if err := w.write(opPong, payload); err != nil {
				return nil, err
			}
		case opcode == opBinary && len(payload) > 0:
			return payload, nil
		case opcode == opContinue:
			return nil, errors.New("read a frame: it is in pieces")
		}
	}
}

func (w *webSocket) frame() (opcode byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(w.in, head[:]); err != nil {
		return 0, nil, err
	}
	size := uint64(head[1] & 0x7F)
	switch size {
	case 126:
		var long [2]byte
		_, err = io.ReadFull(w.in, long[:])
		size = uint64(binary.BigEndian.Uint16(long[:]))
	case 127:
		var long [8]byte
		_, err = io.ReadFull(w.in, long[:])
		size = binary.BigEndian.Uint64(long[:])
	}
	if err != nil {
		return 0, nil, err
	}
	if head[1]&0x80 != 0 || size > maxFrame {
		return 0, nil, fmt.Errorf("read a frame: its head is not one of a server, or it has %d bytes", size)
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(w.in, payload)
	return head[0] & 0xF, payload, err
}
