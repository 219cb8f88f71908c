package cluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Forwarder reaches a port of a pod through the API server, as kubectl port-forward does. It
// opens no port here.
type Forwarder struct {
	kube      kubernetes.Interface
	transport http.RoundTripper
}

// OpenForwarder makes a forwarder; it does not connect yet.
func OpenForwarder(config *rest.Config) (*Forwarder, error) {
	config = rest.CopyConfig(config)
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	config.NextProtos = []string{"http/1.1"} // HTTP/2 knows no upgrade
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	return &Forwarder{kube: kube, transport: transport}, nil
}

// maxAnswer bounds an answer. A thousand clusters take 100 KB.
const maxAnswer = 16 << 20

// Get asks a pod by HTTP, as if from the loopback address of the pod.
func (f *Forwarder) Get(ctx context.Context, namespace, pod string, port int, path string) ([]byte, error) {
	url := f.kube.CoreV1().RESTClient().Get().Resource("pods").Namespace(namespace).Name(pod).
		SubResource("portforward").Param("ports", strconv.Itoa(port)).URL()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url.String(), nil)
	if err != nil {
		return nil, err
	}
	socket, err := upgrade(f.transport, request)
	if err != nil {
		return nil, fmt.Errorf("forward port %d of pod %s/%s: %w", port, namespace, pod, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	defer stop()
	defer socket.Close()
	text, err := socket.get(path)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("ask port %d of pod %s/%s: %w", port, namespace, pod, err)
	}
	return text, nil
}

// get sends one request down the channel of data, and reads the answer from it.
func (w *webSocket) get(path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, "http://localhost"+path, nil) //nolint:noctx // it is written by hand
	if err != nil {
		return nil, err
	}
	request.Close = true
	sent := bytes.NewBuffer([]byte{channelData})
	if err := request.Write(sent); err != nil {
		return nil, err
	}
	if err := w.write(opBinary, sent.Bytes()); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(bufio.NewReader(&channelReader{socket: w}), request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, refusal(response)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if len(text) > maxAnswer {
		return nil, errors.New("the answer is too long")
	}
	return text, err
}

// The channels of one forwarded port. On each the port itself comes first, in two bytes.
const (
	channelData  = 0
	channelError = 1
	portBytes    = 2
)

// channelReader reads the channel of data. What comes on the other one is the error with which
// the forwarding ended.
type channelReader struct {
	socket *webSocket
	left   []byte
	seen   [2]int // bytes of each channel
}

func (r *channelReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		frame, err := r.socket.next()
		if err != nil {
			return 0, err
		}
		channel, data := frame[0], frame[1:]
		if channel > channelError {
			return 0, errors.New("it speaks of a channel that was not asked for")
		}
		skip := min(max(portBytes-r.seen[channel], 0), len(data))
		r.seen[channel] += len(data)
		if data = data[skip:]; channel == channelError && len(data) > 0 {
			return 0, errors.New(string(data))
		}
		r.left = data
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// refusal is what a server says instead of an answer.
func refusal(response *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	var status metav1.Status
	if json.Unmarshal(text, &status) == nil && status.Message != "" {
		return errors.New(status.Message)
	}
	return errors.New(strings.TrimSpace(response.Status + " " + string(bytes.TrimSpace(text))))
}
