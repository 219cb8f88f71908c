package terminal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// maxPassphrase is more than anybody types.
const maxPassphrase = 1024

// errNoPassphrase says that somebody has just pressed return.
var errNoPassphrase = errors.New("the passphrase is empty")

// Passphrase asks for the passphrase of a key, twice if it is a new one. It never comes from an argument or
// from the environment, where others could read it.
func (p Prompt) Passphrase(what string, again bool) ([]byte, error) {
	terminal, ok := p.In.(*os.File)
	if !ok || !p.Answers {
		return nil, verdict.Inputf("ask at a terminal, or give it on a file descriptor: --passphrase-fd 3 3<FILE",
			"there is no terminal to ask for the passphrase of %s", what)
	}
	first, err := p.hidden(terminal, "passphrase of "+what+": ")
	if err != nil {
		return nil, err
	}
	if len(first) == 0 {
		return nil, verdict.Input(errNoPassphrase)
	}
	if again {
		second, err := p.hidden(terminal, "once more: ")
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(first, second) {
			return nil, verdict.Inputf("begin again", "the two passphrases differ")
		}
	}
	return first, nil
}

func (p Prompt) hidden(terminal *os.File, prompt string) ([]byte, error) {
	fmt.Fprint(p.Out, prompt)
	text, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprint(p.Out, "\n") // the terminal has not shown that return was pressed
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	return text, nil
}

// ReadPassphrase reads the first line of a file descriptor of the shell; 0 is in.
func ReadPassphrase(in io.Reader, fd int) ([]byte, error) {
	from := in
	if fd > 0 {
		file := os.NewFile(uintptr(fd), "passphrase")
		if file == nil {
			return nil, verdict.Inputf("open it in your shell: --passphrase-fd 3 3<FILE", "there is no file descriptor %d", fd)
		}
		from = file // not closed: a second use would find another file
	}
	line, err := bufio.NewReaderSize(io.LimitReader(from, maxPassphrase), maxPassphrase).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, verdict.Inputf("open it in your shell: --passphrase-fd 3 3<FILE", "file descriptor %d cannot be read", fd)
	}
	if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
		return nil, verdict.Input(errNoPassphrase)
	}
	return line, nil
}
