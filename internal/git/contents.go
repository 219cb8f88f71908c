package git

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // the hash of Git's object IDs: nobody chooses another
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
)

// contents returns what is in blobs, by object ID. One process reads all of them, each once; what it says
// is verified: an object whose content does not have its ID is an error.
func (r *Repository) contents(ctx context.Context, blobs []blob) (map[string][]byte, error) {
	wanted := make(map[string]int64, len(blobs))
	var objects []string
	for _, b := range blobs {
		if _, twice := wanted[b.object]; !twice {
			objects = append(objects, b.object)
		}
		wanted[b.object] = b.size
	}
	if len(objects) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, r.git.maxTime)
	defer cancel()
	complaint := &bounded{max: maxComplaint, drop: true}
	cmd := r.git.command(ctx, r.dir, "cat-file", "--batch", "--buffer")
	cmd.Stdin, cmd.Stderr = strings.NewReader(strings.Join(objects, "\n")+"\n"), complaint
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	contents, err := readBatch(bufio.NewReaderSize(stdout, 1<<16), objects, wanted)
	stdout.Close() //nolint:errcheck // a process that still writes ends by it
	ended := r.git.explain(ctx, cmd.Wait(), "cat-file", complaint)
	if err == nil || ctx.Err() != nil || exitCode(ended) > 0 {
		err = ended // it knows better why there was no more to read
	}
	return contents, err
}

// readBatch reads the answer of git cat-file --batch: for each object a line "ID type size", the content,
// and a line break; or "ID missing" (Documentation/git-cat-file.txt, "Batch output").
func readBatch(answer *bufio.Reader, objects []string, sizes map[string]int64) (map[string][]byte, error) {
	contents := make(map[string][]byte, len(objects))
	for _, object := range objects {
		line, err := answer.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("git cat-file: answer ends before %s: %w", object, err)
		}
		if want := object + " blob " + strconv.FormatInt(sizes[object], 10) + "\n"; line != want {
			return nil, fmt.Errorf("git cat-file: %w: unexpected answer %q", ErrUnusable, strings.TrimSuffix(line, "\n"))
		}
		content := make([]byte, sizes[object]+1)
		if _, err := io.ReadFull(answer, content); err != nil {
			return nil, fmt.Errorf("git cat-file: answer ends in %s: %w", object, err)
		}
		content = content[:len(content)-1]
		if id, err := blobID(object, sizes[object], bytes.NewReader(content)); err != nil || id != object {
			return nil, fmt.Errorf("git cat-file: %w: the content of %s has another ID", ErrUnusable, object)
		}
		contents[object] = content
	}
	return contents, nil
}

// blobID is the ID that Git gives to the content of a file, by the hash that another ID of the repository
// was made with: SHA-1 or SHA-256 (Documentation/technical/hash-function-transition.txt).
func blobID(like string, size int64, content io.Reader) (string, error) {
	var sum hash.Hash
	switch len(like) {
	case 2 * sha1.Size:
		sum = sha1.New() //nolint:gosec // as above
	case 2 * sha256.Size:
		sum = sha256.New()
	default:
		return "", fmt.Errorf("%w: object ID of %d digits", ErrUnusable, len(like))
	}
	fmt.Fprintf(sum, "blob %d\x00", size) //nolint:errcheck // a hash takes everything
	if _, err := io.Copy(sum, content); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
