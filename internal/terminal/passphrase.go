package terminal

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// maxPassphrase is above the length of any typed passphrase.
const maxPassphrase = 1024

// errNoPassphrase reports an empty input.
var errNoPassphrase = errors.New("the passphrase is empty")

// Passphrase asks for a key's passphrase, twice if it is new. It never comes from an argument or from the environment,
// which other users can read.
func (p Prompt) Passphrase(ctx context.Context, what string, again bool) ([]byte, error) {
	terminal, ok := p.In.(*os.File)
	if !ok || !p.Answers {
		return nil, verdict.Inputf("run it at a terminal, or pass the passphrase on a file descriptor: --passphrase-fd 3 "+
			"3<FILE",
			"no terminal to prompt for the passphrase for %s", what)
	}
	first, err := p.hidden(ctx, terminal, "passphrase for "+what+": ")
	if err != nil {
		return nil, err
	}
	if len(first) == 0 {
		return nil, verdict.Input(errNoPassphrase)
	}
	if again {
		second, err := p.hidden(ctx, terminal, "confirm passphrase: ")
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(first, second) {
			return nil, verdict.Inputf("start again", "the passphrases differ")
		}
	}
	return first, nil
}

// hidden reads a line without echo. The first signal ends it, whatever it does elsewhere, because the echo must be
// restored.
func (p Prompt) hidden(ctx context.Context, terminal *os.File, prompt string) ([]byte, error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	fd := int(terminal.Fd())
	shown, err := term.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	fmt.Fprint(p.Out, prompt)
	text, err := input.Until(ctx, func() ([]byte, error) { return term.ReadPassword(fd) })
	fmt.Fprint(p.Out, "\n") // return was not echoed
	if ctx.Err() != nil {
		return nil, errors.Join(verdict.ErrInterrupted, term.Restore(fd, shown))
	}
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	return text, nil
}

// ReadPassphrase reads the first line of an inherited file descriptor; 0 is in.
func ReadPassphrase(ctx context.Context, in io.Reader, fd int) ([]byte, error) {
	from := in
	if fd > 0 {
		file := os.NewFile(uintptr(fd), "passphrase")
		if file == nil {
			return nil, verdict.Inputf("open it in your shell: --passphrase-fd 3 3<FILE", "there is no file descriptor %d", fd)
		}
		from = file // not closed: a second use would read another file
	}
	line, err := input.Until(ctx, func() ([]byte, error) {
		return bufio.NewReaderSize(io.LimitReader(from, maxPassphrase), maxPassphrase).ReadBytes('\n')
	})
	if errors.Is(err, verdict.ErrInterrupted) {
		return nil, err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, verdict.Inputf("open it in your shell: --passphrase-fd 3 3<FILE", "file descriptor %d cannot be read", fd)
	}
	if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
		return nil, verdict.Input(errNoPassphrase)
	}
	return line, nil
}
