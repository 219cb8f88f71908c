package live

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// PollInterval is how often an API server is asked for what it is about to have.
const PollInterval = 200 * time.Millisecond

// AwaitToken reads a token Secret in the namespace of Istio, again and again while it is empty and patience
// lasts. A look that has begun is finished. Nothing is read where nothing proves the identity.
func (c *Cluster) AwaitToken(ctx, patience context.Context, secret string) (token kubeconfig.Token, err error) {
	if c.Writer == nil {
		return token, &UnprovenError{Cluster: c.Name, Context: c.Context}
	}
	// The error of the wait is that of patience; the one of the last look says more.
	_ = wait.PollUntilContextCancel(patience, PollInterval, true, func(context.Context) (bool, error) {
		token, err = c.Client.Token(ctx, c.Istio.Namespace, secret)
		return !errors.Is(err, cluster.ErrTokenPending), nil
	})
	return token, err
}
