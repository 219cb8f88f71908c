package mesh

import (
	"bytes"
	"io"
	"io/fs"
)

// ReadLimited reads at most one byte more than MaxSize, so that Load can reject a file that is too large without
// reading all of it.
func ReadLimited(r io.Reader) ([]byte, error) {
	text := bytes.NewBuffer(make([]byte, 0, sizeOf(r)+bytes.MinRead))
	_, err := text.ReadFrom(io.LimitReader(r, MaxSize+1))
	return text.Bytes(), err
}

// sizeOf is where the buffer for a file begins: it need not grow then. It is 0 for what is no file.
func sizeOf(r io.Reader) int64 {
	file, ok := r.(fs.File)
	if !ok {
		return 0
	}
	info, err := file.Stat()
	if err != nil {
		return 0
	}
	return min(info.Size(), MaxSize)
}
