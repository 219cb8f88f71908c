package live

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// PollInterval is how often an API server is polled.
const PollInterval = 200 * time.Millisecond

// AwaitToken polls a token Secret in Istio's namespace until it is filled or patience ends. It finishes a request that
// has started. Without proof of identity it reads nothing.
func (c *Cluster) AwaitToken(ctx, patience context.Context, secret string) (token kubeconfig.Token, err error) {
	if c.Writer == nil {
		return token, &UnprovenError{Cluster: c.Name, Context: c.Context}
	}
	// The wait's error is that of patience; the last request's says more.
	_ = wait.PollUntilContextCancel(patience, PollInterval, true, func(context.Context) (bool, error) {
		token, err = c.Client.Token(ctx, c.Istio.Namespace, secret)
		return !errors.Is(err, cluster.ErrTokenPending), nil
	})
	return token, err
}
