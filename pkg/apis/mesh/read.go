package mesh

import "io"

// ReadLimited reads at most one byte more than MaxSize, so that Load can reject a file that is too large without
// reading all of it.
func ReadLimited(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, MaxSize+1))
}
