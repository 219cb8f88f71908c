package signer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

// Input is where to find the key.
type Input struct {
	// File contains a private key, or the public key of one in the agent; if empty, a key in the agent is used.
	File string
	// Agent is the socket of the SSH agent, as in SSH_AUTH_SOCK; if empty, there is none.
	Agent string
	// Passphrase asks for the passphrase of a private key.
	Passphrase func(what string) ([]byte, error)
}

// maxKeyFile is more than any key.
const maxKeyFile = 64 << 10

// Use calls work with the key. Of several keys in an agent it uses the wanted one.
func Use(ctx context.Context, in Input, wanted func(ssh.PublicKey) bool, work func(ssh.Signer) error) error {
	if in.File != "" {
		signer, public, err := in.fromFile(ctx)
		if err != nil {
			return err
		}
		if signer != nil {
			return work(signer)
		}
		wanted = func(key ssh.PublicKey) bool { return slices.Equal(key.Marshal(), public.Marshal()) }
	}
	return in.fromAgent(ctx, wanted, work)
}

// fromFile returns a private key, or a public key whose private key is in the agent.
func (in Input) fromFile(ctx context.Context) (ssh.Signer, ssh.PublicKey, error) {
	text, err := in.read(ctx)
	if err != nil {
		return nil, nil, verdict.Input(err)
	}
	if public, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
		return nil, public, verdict.Input(sshsig.CheckKey(public))
	}
	signer, err := ssh.ParsePrivateKey(text)
	if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked {
		passphrase, err := in.Passphrase(in.File)
		if err != nil {
			return nil, nil, err
		}
		if signer, err = ssh.ParsePrivateKeyWithPassphrase(text, passphrase); err != nil {
			return nil, nil, verdict.Inputf("try again", "read SSH key %q: the passphrase is wrong", in.File)
		}
	} else if err != nil {
		if public := in.onSecurityKey(ctx); public != nil {
			return nil, public, nil
		}
		return nil, nil, verdict.Inputf(
			"specify a private key that ssh-keygen created, or its .pub file if the agent has the key",
			"read SSH key %q: not an SSH key", in.File)
	}
	return signer, nil, verdict.Input(sshsig.CheckKey(signer.PublicKey()))
}

// onSecurityKey returns the public key next to a file that only refers to a security key: the agent signs with it. It
// is nil for all other files.
func (in Input) onSecurityKey(ctx context.Context) ssh.PublicKey {
	text, err := input.Read(ctx, in.File+".pub", maxKeyFile)
	if err != nil {
		return nil
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil || !strings.HasPrefix(public.Type(), "sk-") || sshsig.CheckKey(public) != nil {
		return nil
	}
	return public
}

// read rejects a private key that other users can read, like ssh.
func (in Input) read(ctx context.Context) ([]byte, error) {
	file, err := input.Open(in.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, verdict.Inputf("create one: ssh-keygen -t ed25519 -f "+shell.Name(in.File),
			"read SSH key: %q does not exist", in.File)
	}
	if err != nil {
		return nil, fmt.Errorf("read SSH key: %w", err)
	}
	defer file.Close() // opened for reading
	text, err := input.Until(ctx, func() ([]byte, error) { return input.All(file, in.File, maxKeyFile) })
	if err != nil {
		return nil, fmt.Errorf("read SSH key: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read SSH key: %w", err)
	}
	isPrivate := strings.Contains(string(text), "PRIVATE KEY-----")
	if isPrivate && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return nil, verdict.Inputf("chmod 600 "+shell.Name(in.File),
			"read SSH key: other users can read or change %q (mode %04o)", in.File, info.Mode().Perm())
	}
	return text, nil
}

func (in Input) fromAgent(ctx context.Context, wanted func(ssh.PublicKey) bool, work func(ssh.Signer) error) error {
	const remedy = "specify the key of this site: --key FILE"
	if in.Agent == "" {
		return verdict.Inputf(remedy, "no SSH key to sign with: there is no SSH agent")
	}
	connection, err := new(net.Dialer).DialContext(ctx, "unix", in.Agent)
	if err != nil {
		return verdict.Inputf(remedy, "no SSH key to sign with: the SSH agent does not respond")
	}
	defer connection.Close()
	signers, err := agent.NewClient(connection).Signers()
	if err != nil {
		return verdict.Inputf(remedy, "no SSH key to sign with: the SSH agent does not list its keys")
	}
	signers = slices.DeleteFunc(signers, func(s ssh.Signer) bool { return sshsig.CheckKey(s.PublicKey()) != nil })
	fitting := slices.DeleteFunc(slices.Clone(signers), func(s ssh.Signer) bool { return !wanted(s.PublicKey()) })
	switch {
	case len(fitting) == 1:
		return work(fitting[0])
	case len(fitting) == 0 && len(signers) == 1 && in.File == "":
		return work(signers[0])
	case in.File != "":
		return verdict.Inputf("add it: ssh-add, with the private key of "+shell.Name(in.File),
			"the SSH agent does not have the key of %q", in.File)
	}
	return verdict.Inputf(remedy, "the SSH agent has %d keys that could sign", len(signers))
}
