package input

import (
	"bytes"
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

// ReadOr reads a file, or stdin for -.
func ReadOr(ctx context.Context, stdin io.Reader, name string, limit int64) ([]byte, error) {
	if name != "-" {
		return Read(ctx, name, limit)
	}
	return Until(ctx, func() ([]byte, error) { return All(stdin, "stdin", limit) })
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

// All reads an open file, and rejects more than limit bytes.
func All(r io.Reader, name string, limit int64) ([]byte, error) {
	text := bytes.NewBuffer(make([]byte, 0, min(sizeOf(r), limit)+bytes.MinRead))
	_, err := text.ReadFrom(io.LimitReader(r, limit+1)) // one more, to tell
	if err == nil && int64(text.Len()) > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: &SizeError{Limit: limit}}
	}
	return text.Bytes(), err
}

// sizeOf returns the reported size of a file, as an initial capacity; 0 if unknown.
func sizeOf(r io.Reader) int64 {
	if file, ok := r.(fs.File); ok {
		if info, err := file.Stat(); err == nil {
			return info.Size()
		}
	}
	return 0
}

// Until reads until the context ends: a pipe may never have a writer, and a terminal no answer. The reading
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
