package mesh

import "io"

// ReadLimited reads a file of ours: at most one byte more than MaxSize, so that Load can
// tell that the file is too large without holding all of it.
func ReadLimited(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, MaxSize+1))
}
