package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// podTimeout bounds one answer of a pod, when --request-timeout does not.
const podTimeout = 15 * time.Second

func (r *checkRun) podTimeout() time.Duration {
	timeout, _ := clientcmd.ParseTimeout(*r.Timeout) // Validate has looked at it
	return cmp.Or(timeout, podTimeout)
}

// istiod is the way to the istiod of a cluster: the URL that is named, or its pod.
func (r *checkRun) istiod(config *rest.Config, declared *v1alpha1.Cluster) check.Debug {
	get := func(ctx context.Context, path string) ([]byte, error) {
		forwarder, err := cluster.OpenForwarder(config)
		if err != nil {
			return nil, err
		}
		return forwarder.Istiod(ctx, declared.Istio.Namespace, declared.Istio.Revision, path)
	}
	if base := r.debug[declared.Name]; base != "" {
		get = func(ctx context.Context, path string) ([]byte, error) { return getPage(ctx, base+path) }
	}
	timeout := r.podTimeout()
	return func(ctx context.Context, path string) ([]byte, error) {
		bounded, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return get(bounded, path)
	}
}

// maxPage bounds what is read of a page.
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
		return nil, errors.New("the answer is too long")
	}
	return text, err
}

// parseDebug reads the flags --istiod-debug.
func (r *checkRun) parseDebug() error {
	r.debug = map[string]string{}
	var errs []error
	for _, value := range r.istiodDebug {
		name, base, named := strings.Cut(value, "=")
		if !named || strings.Contains(name, "://") {
			name, base = r.cluster, value
		}
		if name == "" {
			errs = append(errs, inputErrorf("say of which cluster it is: --istiod-debug NAME=URL", "--istiod-debug does not name a cluster: %q", value))
			continue
		}
		errs = append(errs, r.ws.checkCluster(name), checkDebugURL(base))
		r.debug[name] = strings.TrimRight(base, "/")
	}
	return errors.Join(errs...)
}

// checkDebugURL: what istiod says is believed, so nobody on the way may change it.
func checkDebugURL(text string) error {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return inputErrorf("write it like http://127.0.0.1:15014", "--istiod-debug does not take the URL %q", text)
	}
	ip := net.ParseIP(base.Hostname())
	local := base.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if base.Scheme != "https" && (base.Scheme != "http" || !local) {
		return inputErrorf("use https, or forward the port to this machine: kubectl port-forward", "--istiod-debug takes http from this machine only, not %q", text)
	}
	return nil
}
