package apigroup

import (
	"fmt"
	"io"
	"net/http"
)

// MaxAnswer bounds an answer of an API server, in bytes, after decompression: lists are read in pages, and no
// page comes near it.
const MaxAnswer = 64 << 20

// Bound makes a transport whose answers end with an error at MaxAnswer. client-go itself reads whatever comes.
// Streams that a connection is upgraded to are no answers.
func Bound(next http.RoundTripper) http.RoundTripper { return bound{next: next} }

type bound struct{ next http.RoundTripper }

func (b bound) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err == nil && response.StatusCode != http.StatusSwitchingProtocols {
		response.Body = &limited{ReadCloser: response.Body, left: MaxAnswer}
	}
	return response, err
}

// limited is a body that has only so many bytes left.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, fmt.Errorf("the response is larger than %d MiB", MaxAnswer>>20)
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1] // one more, to tell
	}
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n - 1, fmt.Errorf("the response is larger than %d MiB", MaxAnswer>>20)
	}
	return n, err
}
