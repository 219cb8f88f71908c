package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/exec"
	"k8s.io/streaming/pkg/httpstream"
)

// Executor runs programs in containers through the API server, like kubectl exec. There is no shell: arguments are
// passed unchanged.
type Executor struct {
	kube   kubernetes
	config *rest.Config
}

// OpenExecutor creates an executor; it does not connect yet.
func OpenExecutor(config *rest.Config) (*Executor, error) {
	kube, err := openKubernetes(config)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	return &Executor{kube: kube, config: config}, nil
}

// Command is a program with its limits.
type Command struct {
	Namespace, Pod, Container string
	Args                      []string
	// Quiet is how long it may be silent. MaxOutput, in bytes of both streams, stops one that never ends.
	Quiet     time.Duration
	MaxOutput int
}

// Run runs a program and returns its exit code. When the context ends, so does the connection, and with it the output.
func (e *Executor) Run(ctx context.Context, command Command, stdout, stderr io.Writer) (code int, err error) {
	stream, err := e.stream(command)
	if err != nil {
		return 0, command.failed(err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	limit := newLimit(command, cancel)
	defer limit.end()
	err = stream.StreamWithContext(ctx, remotecommand.StreamOptions{
		Stdout: limit.writer(stdout),
		Stderr: limit.writer(stderr),
	})
	var exited exec.CodeExitError
	switch {
	case ctx.Err() != nil:
		return 0, command.failed(context.Cause(ctx))
	case errors.As(err, &exited):
		return exited.Code, nil
	case err != nil:
		return 0, command.failed(err)
	}
	return 0, nil
}

// failed describes where it failed, without the arguments.
func (c Command) failed(err error) error {
	return fmt.Errorf("run %s in container %s of pod %s/%s: %w", c.Args[0], c.Container, c.Namespace, c.Pod, err)
}

// stream uses a WebSocket, and SPDY if the API server does not support it, like kubectl (kubectl pkg/cmd/exec).
func (e *Executor) stream(command Command) (remotecommand.Executor, error) {
	url := e.kube.core.Post().Resource("pods").Namespace(command.Namespace).Name(command.Pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: command.Container,
			Command:   command.Args,
			Stdout:    true,
			Stderr:    true,
		},
			e.kube.core.Parameters).URL()
	socket, err := remotecommand.NewWebSocketExecutor(e.config, http.MethodGet, url.String())
	if err != nil {
		return nil, err
	}
	spdy, err := remotecommand.NewSPDYExecutor(e.config, http.MethodPost, url)
	if err != nil {
		return nil, err
	}
	return remotecommand.NewFallbackExecutor(socket, spdy, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
}

var (
	errQuiet   = errors.New("it stopped producing output")
	errVerbose = errors.New("its output is too large")
)

// limit stops a program that is silent for too long or writes too much. After that, it drops output that a closed
// connection still delivers.
type limit struct {
	cancel context.CancelCauseFunc
	quiet  time.Duration
	clock  *time.Timer

	writing sync.Mutex
	left    int
	ended   bool
}

func newLimit(command Command, cancel context.CancelCauseFunc) *limit {
	return &limit{cancel: cancel, quiet: command.Quiet, left: command.MaxOutput,
		clock: time.AfterFunc(command.Quiet, func() { cancel(errQuiet) })}
}

func (l *limit) end() {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.clock.Stop()
	l.ended = true
}

func (l *limit) writer(to io.Writer) io.Writer { return limited{limit: l, to: to} }

type limited struct {
	*limit
	to io.Writer
}

func (l limited) Write(p []byte) (int, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.ended {
		return 0, io.ErrClosedPipe
	}
	if l.left -= len(p); l.left < 0 {
		l.cancel(errVerbose)
		return 0, errVerbose
	}
	l.clock.Reset(l.quiet)
	return l.to.Write(p)
}
