package sandbox

import (
	"context"
	"fmt"
	"io"
	"net"
	"testing"
)

// Forward has a port of ServiceIP lead pods to where their network has the service, until the test ends.
func Forward(t testing.TB, port int, to func(pod string) (address string, ok bool)) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", fmt.Sprintf("%s:%d", ServiceIP, port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	ctx := t.Context()
	go func() {
		for {
			pod, err := listener.Accept()
			if err != nil {
				return
			}
			go forward(ctx, pod, to)
		}
	}()
}

func forward(ctx context.Context, pod net.Conn, to func(string) (string, bool)) {
	defer func() { _ = pod.Close() }()
	host, _, err := net.SplitHostPort(pod.RemoteAddr().String())
	if err != nil {
		return
	}
	address, ok := to(host)
	if !ok {
		return
	}
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp4", address)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		_, _ = io.Copy(server, pod)
		_ = server.Close()
	}()
	_, _ = io.Copy(pod, server)
}
