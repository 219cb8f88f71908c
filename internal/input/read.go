package input

import (
	"context"
	"io"
	"io/fs"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// Read reads a file of at most limit bytes, until the context ends.
func Read(ctx context.Context, name string, limit int64) ([]byte, error) {
	file, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // opened for reading
	return Until(ctx, func() ([]byte, error) { return All(file, name, limit) })
}

// ReadIn reads a file below a root, of at most limit bytes.
func ReadIn(root *os.Root, name string, limit int64) ([]byte, error) {
	file, err := OpenIn(root, name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // opened for reading
	return All(file, name, limit)
}

// All reads what is open under a name, and refuses more than limit bytes.
func All(r io.Reader, name string, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1)) // one more, to tell
	if err == nil && int64(len(text)) > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: &SizeError{Limit: limit}}
	}
	return text, err
}

// Until reads until the context ends: nobody may ever write to a pipe, or answer at a terminal. The reading
// itself cannot be stopped, and ends with the program.
func Until(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	if ctx.Done() == nil {
		return read()
	}
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text: text, err: err}
	}()
	select {
	case <-ctx.Done():
		return nil, verdict.ErrInterrupted
	case got := <-done:
		return got.text, got.err
	}
}
