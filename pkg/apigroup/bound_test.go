package apigroup_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apigroup"
)

// endless answers with as many bytes as somebody reads, up to size.
type endless struct{ size int64 }

func (e endless) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(io.LimitReader(zeros{}, e.size))}, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestBound: an answer of the largest size arrives whole, and of a larger one no more than that.
func TestBound(t *testing.T) {
	for size, want := range map[int64]string{0: "", 1: "", apigroup.MaxAnswer: "",
		apigroup.MaxAnswer + 1: "the response is larger than 64 MiB", 1 << 62: "the response is larger than 64 MiB"} {
		response, err := apigroup.Bound(endless{size}).RoundTrip(&http.Request{})
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		n, err := io.Copy(io.Discard, response.Body)
		said := ""
		if err != nil {
			said = err.Error()
		}
		if said != want || n != min(size, apigroup.MaxAnswer) {
			t.Errorf("%d bytes: got %d, %q, want %q", size, n, said, want)
		}
		_, _ = io.Copy(&bytes.Buffer{}, response.Body) // again: it has ended
	}
}
