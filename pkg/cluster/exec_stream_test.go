package cluster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

// oldServer is an API server that knows SPDY only. What is run there is played by a function,
// and its status is what the function returns.
func oldServer(t *testing.T, play func(r *http.Request, stdout, stderr io.Writer) string) *rest.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		if _, err := httpstream.Handshake(r, w, []string{"v4.channel.k8s.io"}); err != nil {
			t.Error(err)
			return
		}
		opened := make(chan httpstream.Stream, 3)
		connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, _ <-chan struct{}) error {
			opened <- stream
			return nil
		})
		defer connection.Close()
		streams := map[string]httpstream.Stream{}
		for range 3 {
			stream := <-opened
			streams[stream.Headers().Get(corev1.StreamType)] = stream
		}
		status := play(r, streams[corev1.StreamTypeStdout], streams[corev1.StreamTypeStderr])
		_, _ = io.WriteString(streams[corev1.StreamTypeError], status)
		for _, stream := range streams {
			_ = stream.Close()
		}
		<-connection.CloseChan()
	}))
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL, Impersonate: rest.ImpersonationConfig{UserName: "ann"}}
}

func run(ctx context.Context, t *testing.T, config *rest.Config, change func(*Command)) (code int, stdout, stderr string, err error) {
	t.Helper()
	executor, err := OpenExecutor(config)
	if err != nil {
		t.Fatal(err)
	}
	command := Command{Namespace: "n", Pod: "p", Container: "c", Args: []string{"say", "$(x) 'y'"}, Quiet: time.Minute, MaxOutput: 100}
	change(&command)
	var out, errOut bytes.Buffer
	code, err = executor.Run(ctx, command, &out, &errOut)
	return code, out.String(), errOut.String(), err
}

const (
	succeeded = `{"status":"Success"}`
	exited7   = `{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}`
	broken    = `{"status":"Failure","reason":"InternalError","message":"no such container"}`
)

// TestRunOverSPDY is what an API server sees that refuses the WebSocket. Over WebSockets the
// end-to-end tests go.
func TestRunOverSPDY(t *testing.T) {
	for status, want := range map[string]struct {
		code int
		err  string
	}{
		succeeded: {0, ""}, exited7: {7, ""}, broken: {0, "run say in container c of pod n/p: no such container"},
	} {
		config := oldServer(t, func(r *http.Request, stdout, stderr io.Writer) string {
			query := r.URL.Query()
			if got := strings.Join(query["command"], "|"); got != "say|$(x) 'y'" || query.Get("container") != "c" || r.Header.Get("Impersonate-User") != "ann" {
				t.Errorf("got %s %v", r.URL, r.Header)
			}
			_, _ = io.WriteString(stdout, "out")
			_, _ = io.WriteString(stderr, "err")
			return status
		})
		code, stdout, stderr, err := run(t.Context(), t, config, func(*Command) {})
		if err == nil {
			err = errors.New("")
		}
		if code != want.code || err.Error() != want.err || stdout != "out" || stderr != "err" {
			t.Errorf("%s: got %d, %q, %q, %v", status, code, stdout, stderr, err)
		}
	}
}

// TestRunEnds: a program that does not end by itself loses its connection.
func TestRunEnds(t *testing.T) {
	forever := func(word string) *rest.Config {
		return oldServer(t, func(_ *http.Request, stdout, _ io.Writer) string {
			for err := error(nil); err == nil; {
				_, err = io.WriteString(stdout, word)
			}
			return succeeded
		})
	}
	if _, _, _, err := run(t.Context(), t, forever("x"), func(*Command) {}); !errors.Is(err, errVerbose) {
		t.Errorf("too much: got %v", err)
	}
	listening, hangUp := context.WithCancel(t.Context())
	_, _, _, err := run(listening, t, oldServer(t, func(_ *http.Request, stdout, _ io.Writer) string {
		hangUp()
		for err := error(nil); err == nil; {
			_, err = io.WriteString(stdout, "")
		}
		return succeeded
	}), func(c *Command) { c.MaxOutput = 1 << 30 })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("nobody listens: got %v", err)
	}
}
