package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// How long collect waits for tokens that an API server has not filled in yet. It takes a
// moment after the Secret has been applied.
const (
	tokenPatience = 10 * time.Second
	tokenInterval = 200 * time.Millisecond
)

// source is a cluster whose tokens are fetched: it has proved its identity.
type source struct {
	*v1alpha1.Cluster
	config *rest.Config
	client *cluster.Client
}

// fetched is what came of one token.
type fetched struct {
	Consumer string     `json:"consumer"`
	File     string     `json:"file"`
	Written  bool       `json:"written"`
	Expires  *time.Time `json:"expires,omitempty"` // of a requested token
}

// fetchTokens fetches the token of each control plane that reads the target. One that is
// missing does not keep the others.
func (c *collector) fetchTokens(ctx context.Context, target source, result *collected) error {
	if c.token == tokenSkip || target.Reader.Auth != v1alpha1.ReaderAuthToken {
		return nil
	}
	patience, cancel := context.WithTimeout(ctx, tokenPatience)
	defer cancel()
	asked := map[string]answer{} // those who share an account have one token
	var errs []error
	for consumer := range c.ws.graph.ReadersOf(target.Name) {
		secret := newestSecret(target.Cluster, consumer.Name)
		if _, known := asked[secret]; !known {
			asked[secret] = c.askForToken(ctx, patience, target, render.Account(target.Cluster, consumer.Name), secret)
		}
		token, err := c.keepToken(render.Reading{Target: target.Name, Consumer: consumer.Name}, asked[secret])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		result.Tokens = append(result.Tokens, token)
	}
	return errors.Join(errs...)
}

// newestSecret is the token Secret of the newest generation: while a rotation goes on the older one
// is there too.
func newestSecret(target *v1alpha1.Cluster, consumer string) string {
	return render.TokenSecret(target, consumer, render.Generation(target, consumer))
}

// answer is what an API server gave for an account.
type answer struct {
	token  kubeconfig.Token
	expiry *time.Time // of a requested token
	err    error
}

func (c *collector) askForToken(ctx, patience context.Context, target source, account, secret string) (a answer) {
	if c.token == tokenRequest {
		a.token, a.expiry, a.err = c.requestToken(ctx, target, account, secret)
	} else {
		a.token, a.err = waitForToken(ctx, patience, target, secret)
	}
	return a
}

// noToken says which link is without its token, and what brings it about.
func (c *collector) noToken(reading render.Reading, err error) error {
	target, _ := c.ws.graph.Cluster(reading.Target)
	kubectl := c.kubectl(c.contextOf(target))
	hint := fmt.Sprintf("send %s its readers: kubectl mesh render%s --cluster %s --secrets=skip | %s apply --server-side -f -",
		target.Name, filenameFlag(c.filename), shell.Quote(target.Name), kubectl)
	switch {
	case errors.Is(err, cluster.ErrTokenPending):
		hint = fmt.Sprintf("see why, and collect again: %s -n %s describe secret %s", kubectl, shell.Quote(target.Istio.Namespace),
			shell.Quote(newestSecret(target, reading.Consumer)))
	case errors.Is(err, errShortLife):
		hint = "accept that with --min-duration, have the server's --service-account-max-token-expiration raised, or use --token=secret"
	case apierrors.IsForbidden(err):
		hint = "ask the owner of the cluster for that right; who you are there: " + kubectl + " auth whoami"
	case !apierrors.IsNotFound(err):
		hint = "run the same command again"
	case target.Reader.ServiceAccount == v1alpha1.IstioReaderAccount:
		hint += "\n" + hintMark + "the account " + v1alpha1.IstioReaderAccount + " itself comes with Istio's chart base"
	}
	return withHint(fmt.Errorf("%s has no token to read %s: %w", reading.Consumer, reading.Target, oneParagraph{err}), hint)
}
