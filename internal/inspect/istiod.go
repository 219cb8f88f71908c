package inspect

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// podTimeout bounds a pod's response if --request-timeout does not.
const podTimeout = 15 * time.Second

func (in Input) podTimeout() time.Duration { return cmp.Or(in.Clusters.Timeout(), podTimeout) }

// istiod returns access to a cluster's istiod: the specified URL, or its pod.
func (in Input) istiod(opened *live.Cluster) check.Debug {
	get := func(ctx context.Context, path string) ([]byte, error) {
		forwarder, err := opened.Forwarder()
		if err != nil {
			return nil, err
		}
		return forwarder.Istiod(ctx, opened.Istio.Namespace, opened.Istio.Revision, path)
	}
	if base := in.IstiodDebug[opened.Name]; base != "" {
		get = func(ctx context.Context, path string) ([]byte, error) { return getPage(ctx, base+path) }
	}
	timeout := in.podTimeout()
	return func(ctx context.Context, path string) ([]byte, error) {
		bounded, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return get(bounded, path)
	}
}

// istiods returns all ready pods of a cluster's istiod, or the one at the specified URL.
func (in Input) istiods(opened *live.Cluster) func(context.Context) ([]check.IstiodDebug, error) {
	if in.IstiodDebug[opened.Name] != "" {
		page := in.istiod(opened)
		return func(context.Context) ([]check.IstiodDebug, error) {
			return []check.IstiodDebug{{Read: func(ctx context.Context, path string, read func(io.Reader) error) error {
				text, err := page(ctx, path)
				if err != nil {
					return err
				}
				return read(bytes.NewReader(text))
			}}}, nil
		}
	}
	return func(ctx context.Context) ([]check.IstiodDebug, error) {
		forwarder, err := opened.Forwarder()
		if err != nil {
			return nil, err
		}
		bounded, cancel := context.WithTimeout(ctx, in.podTimeout())
		defer cancel()
		pods, err := forwarder.Istiods(bounded, opened.Istio.Namespace)
		if err != nil {
			return nil, err
		}
		var found []check.IstiodDebug
		for _, pod := range pods {
			if pod.Revision != strings.TrimPrefix(opened.Istio.Revision, "default") {
				continue
			}
			found = append(found, check.IstiodDebug{
				Pod: pod.Name,
				Read: func(ctx context.Context, path string, read func(io.Reader) error) error {
					bounded, cancel := context.WithTimeout(ctx, in.podTimeout())
					defer cancel()
					return forwarder.ReadIstiod(bounded, opened.Istio.Namespace, pod.Name, path, read)
				},
			})
		}
		return found, nil
	}
}

// samples returns how to call the sample from a cluster; nil if it is not called.
func (in Input) samples(opened *live.Cluster) *check.Calls {
	if in.Calls == 0 {
		return nil
	}
	return &check.Calls{
		Host:     render.SampleHost(in.Workspace.Doc.Mesh.Spec.Discovery),
		Count:    in.Calls,
		Patience: in.podTimeout(),
		Workload: opened.Client.Workload,
		Run: func(ctx context.Context, command cluster.Command, stdout, stderr io.Writer) (int, error) {
			executor, err := opened.Executor()
			if err != nil {
				return 0, err
			}
			return executor.Run(ctx, command, stdout, stderr)
		},
	}
}

// maxPage bounds a page, in bytes.
const maxPage = 16 << 20

func getPage(ctx context.Context, page string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get %s: %s", page, response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if len(text) > maxPage {
		return nil, errors.New("the response is too long")
	}
	return text, err
}
