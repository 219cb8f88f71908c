package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
)

// Forwarder connects to a port of a pod through the API server, like kubectl port-forward, but without a local port.
type Forwarder struct {
	kube   kubernetes
	config *rest.Config
}

// OpenForwarder creates a forwarder; it does not connect yet.
func OpenForwarder(config *rest.Config) (*Forwarder, error) {
	kube, err := openKubernetes(config)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	return &Forwarder{kube: kube, config: config}, nil
}

// maxAnswer bounds a response that is kept. A thousand clusters take 100 KB.
const maxAnswer = 16 << 20

// maxRead bounds a response that is streamed: a hundred thousand endpoints take 60 MB.
const maxRead = 512 << 20

// Get sends an HTTP request to a pod, as if from the pod's loopback address.
func (f *Forwarder) Get(ctx context.Context, namespace, pod string, port int, path string) (text []byte, err error) {
	err = f.Read(ctx, namespace, pod, port, path, func(body io.Reader) (err error) {
		if text, err = io.ReadAll(io.LimitReader(body, maxAnswer+1)); err == nil && len(text) > maxAnswer {
			err = errors.New("the response is too long")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return text, nil
}

// Read is Get, but streams the response.
func (f *Forwarder) Read(
	ctx context.Context, namespace, pod string, port int, path string, read func(io.Reader) error,
) error {
	dialer, err := f.dialer(namespace, pod)
	if err != nil {
		return fmt.Errorf("forward port %d of pod %s/%s: %w", port, namespace, pod, err)
	}
	connection, _, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
	if err != nil {
		return fmt.Errorf("forward port %d of pod %s/%s: %w", port, namespace, pod, err)
	}
	defer connection.Close()
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() })
	defer stop()
	err = ask(ctx, connection, port, path, read)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("call port %d of pod %s/%s: %w", port, namespace, pod, err)
	}
	return nil
}

// dialer uses a WebSocket, and SPDY if the API server does not support it, like kubectl (kubectl pkg/cmd/portforward).
func (f *Forwarder) dialer(namespace, pod string) (httpstream.Dialer, error) {
	url := f.kube.core.Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("portforward").URL()
	tunnel, err := portforward.NewSPDYOverWebsocketDialerForStreaming(url, f.config)
	if err != nil {
		return nil, err
	}
	transport, upgrader, err := spdy.RoundTripperFor(f.config)
	if err != nil {
		return nil, err
	}
	plain := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, url)
	return portforward.NewFallbackDialerForStreaming(tunnel, plain, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	}), nil
}

// ask opens the two streams of a forwarded port, sends a request on the data stream, and reads the response from it.
// The other stream has the error with which forwarding ended.
func ask(
	ctx context.Context, connection httpstream.Connection, port int, path string, read func(io.Reader) error,
) error {
	headers := http.Header{}
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	headers.Set(corev1.PortHeader, strconv.Itoa(port))
	headers.Set(corev1.PortForwardRequestIDHeader, "0")
	failure, err := connection.CreateStream(headers)
	if err != nil {
		return err
	}
	_ = failure.Close() // nothing is sent on it
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	data, err := connection.CreateStream(headers)
	if err != nil {
		return err
	}
	err = exchange(ctx, data, path, read)
	if err != nil && ctx.Err() == nil {
		_ = data.Reset()
		if said, _ := io.ReadAll(io.LimitReader(failure, 1<<10)); len(said) > 0 {
			return errors.New(string(said))
		}
	}
	return err
}

// exchange is one request and its answer.
func exchange(ctx context.Context, data io.ReadWriter, path string, read func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		return err
	}
	request.Close = true
	if err := request.Write(data); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(data), request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it responded with %s", response.Status)
	}
	return read(io.LimitReader(response.Body, maxRead))
}
