package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/term"
)

// maxPassphrase is more than anybody types.
const maxPassphrase = 1024

// errNoPassphrase says that somebody has just pressed return.
var errNoPassphrase = errors.New("the passphrase is empty")

// passphrase asks for the passphrase of a root key at the terminal, or reads it where the flag
// says. It never comes from an argument or from the environment, where others could read it.
func (o *caOptions) passphrase(what string, again bool) ([]byte, error) {
	if o.passphraseFD >= 0 {
		return o.readPassphrase()
	}
	terminal, ok := o.In.(*os.File)
	if !ok || !o.InIsTerminal {
		return nil, inputErrorf("ask at a terminal, or give it on a file descriptor: --passphrase-fd 3 3<FILE", "there is no terminal to ask for the passphrase of %s", what)
	}
	ask := func(prompt string) ([]byte, error) {
		fmt.Fprint(o.ErrOut, prompt)
		text, err := term.ReadPassword(int(terminal.Fd()))
		fmt.Fprint(o.ErrOut, "\n") // the terminal has not shown that return was pressed
		if err != nil {
			return nil, fmt.Errorf("read passphrase: %w", err)
		}
		return text, nil
	}
	first, err := ask("passphrase of " + what + ": ")
	if err != nil {
		return nil, err
	}
	if len(first) == 0 {
		return nil, inputError{errNoPassphrase}
	}
	if again {
		second, err := ask("once more: ")
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(first, second) {
			return nil, inputErrorf("begin again", "the two passphrases differ")
		}
	}
	return first, nil
}

func (o *caOptions) readPassphrase() ([]byte, error) {
	var from io.Reader = o.In
	if o.passphraseFD > 0 {
		file := os.NewFile(uintptr(o.passphraseFD), "passphrase")
		if file == nil {
			return nil, inputErrorf("open it in your shell: --passphrase-fd 3 3<FILE", "there is no file descriptor %d", o.passphraseFD)
		}
		keepFromChildren(file.Fd()) // git is started later, and must not be able to read it
		from = file                 // not closed: a second use would find another file
	}
	line, err := bufio.NewReaderSize(io.LimitReader(from, maxPassphrase), maxPassphrase).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, inputErrorf("open it in your shell: --passphrase-fd 3 3<FILE", "file descriptor %d cannot be read", o.passphraseFD)
	}
	if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
		return nil, inputError{errNoPassphrase}
	}
	return line, nil
}

// seal encrypts a text under a passphrase (https://age-encryption.org/v1, scrypt recipient).
func seal(text, passphrase []byte) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	writer, err := age.Encrypt(armored, recipient)
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	if _, err := writer.Write(text); err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	if err := errors.Join(writer.Close(), armored.Close()); err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	return out.Bytes(), nil
}

// unseal decrypts what seal has made.
func unseal(text, passphrase []byte) ([]byte, error) {
	identity, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return nil, fmt.Errorf("decrypt key: %w", err)
	}
	reader, err := age.Decrypt(armor.NewReader(bytes.NewReader(text)), identity)
	if err != nil {
		return nil, inputErrorf("try again; without the passphrase the key is lost, and a root rotation needs a new one", "decrypt key: the passphrase is wrong, or the file is damaged")
	}
	key, err := io.ReadAll(io.LimitReader(reader, maxTrustFile))
	if err != nil {
		return nil, inputErrorf("restore it from your backup", "decrypt key: the file is damaged")
	}
	return key, nil
}
