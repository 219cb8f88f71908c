package git

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // Git's hash of object IDs
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// maxBlob is more than any file of a workspace may have.
const maxBlob = 8 << 20

// objects is one running git cat-file --batch, which is asked for one object at a time.
type objects struct {
	asking    sync.Mutex
	git       program
	ctx       context.Context //nolint:containedctx // of the process, which lives as long
	cancel    context.CancelFunc
	cmd       *exec.Cmd
	stdin     io.WriteCloser
	answer    *bufio.Reader
	complaint *bounded
	failed    error // of an answer that was not understood: there is no way to go on
}

func (r *Repository) objects(ctx context.Context) (*objects, error) {
	ctx, cancel := context.WithTimeout(ctx, r.git.maxTime)
	o := &objects{git: r.git, ctx: ctx, cancel: cancel, complaint: &bounded{max: maxComplaint, drop: true}}
	o.cmd = r.git.command(ctx, r.dir, "cat-file", "--batch")
	o.cmd.Stderr = o.complaint
	if err := o.start(); err != nil {
		cancel()
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return o, nil
}

func (o *objects) start() error {
	stdout, err := o.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	o.answer = bufio.NewReaderSize(stdout, 1<<16)
	if o.stdin, err = o.cmd.StdinPipe(); err != nil {
		return err
	}
	return o.cmd.Start()
}

// close ends the process.
func (o *objects) close() {
	_ = o.stdin.Close() // it ends where there is nothing more to read
	o.cancel()
	_ = o.cmd.Wait() // it was killed, or has nothing to say
}

// read returns the content of a blob. What git says is verified: content that does not have its ID is an error.
func (o *objects) read(object string) ([]byte, error) {
	o.asking.Lock()
	defer o.asking.Unlock()
	if o.failed != nil {
		return nil, o.failed
	}
	content, err := o.ask(object)
	if err == nil {
		return content, nil
	}
	o.failed = err
	_ = o.stdin.Close()                                             // so it ends
	if errors.Is(err, ErrTooLarge) || errors.Is(err, ErrUnusable) { // it would wait for what is not read to be read
		o.cancel()
		_ = o.cmd.Wait() // it was killed
		return nil, err
	}
	if ended := o.git.explain(o.ctx, o.cmd.Wait(), "cat-file", o.complaint); o.ctx.Err() != nil || exitCode(ended) > 0 {
		o.failed = ended // it knows better why there was no more to read
	}
	return nil, o.failed
}

func (o *objects) ask(object string) ([]byte, error) {
	if _, err := io.WriteString(o.stdin, object+"\n"); err != nil {
		return nil, err
	}
	return readObject(o.answer, object)
}

// readObject reads the answer of git cat-file --batch: a line "ID type size", the content, and a line break; or
// "ID missing" (Documentation/git-cat-file.txt, "Batch output").
func readObject(answer *bufio.Reader, object string) ([]byte, error) {
	line, err := answer.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git cat-file: output ends before %s: %w", object, err)
	}
	line = strings.TrimSuffix(line, "\n")
	if line == object+" missing" {
		return nil, lacking(fmt.Errorf("git cat-file: %s is %w", object, ErrMissingObject))
	}
	size, err := strconv.ParseInt(strings.TrimPrefix(line, object+" blob "), 10, 64)
	switch {
	case err != nil || size < 0:
		return nil, fmt.Errorf("git cat-file: %w: unexpected output %q", ErrUnusable, line)
	case size > maxBlob:
		return nil, fmt.Errorf("git cat-file: %s has %d bytes: %w of %d MiB", object, size, ErrTooLarge, maxBlob>>20)
	}
	content := make([]byte, size+1)
	if _, err := io.ReadFull(answer, content); err != nil {
		return nil, fmt.Errorf("git cat-file: output ends in %s: %w", object, err)
	}
	content = content[:size]
	if id, err := blobID(object, size, bytes.NewReader(content)); err != nil || id != object {
		return nil, fmt.Errorf("git cat-file: %w: the content of %s has another ID", ErrUnusable, object)
	}
	return content, nil
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
