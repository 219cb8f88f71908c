package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
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
	type answer struct {
		token  kubeconfig.Token
		expiry *time.Time
		err    error
	}
	asked := map[string]answer{} // a shared account has one token for all
	var errs []error
	for consumer := range c.ws.graph.ReadersOf(target.Name) {
		account, secret := render.Account(target.Cluster, consumer.Name)
		a, known := asked[account]
		if !known {
			if c.token == tokenRequest {
				a.token, a.expiry, a.err = c.requestToken(ctx, target, account)
			} else {
				a.token, a.err = waitForToken(ctx, patience, target, secret)
			}
			asked[account] = a
		}
		reading := render.Reading{Target: target.Name, Consumer: consumer.Name}
		if a.err != nil {
			errs = append(errs, c.noToken(reading, a.err))
			continue
		}
		token, err := c.keepToken(reading, a.token)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		token.Expires = a.expiry
		result.Tokens = append(result.Tokens, token)
	}
	return errors.Join(errs...)
}

// waitForToken reads a token Secret, again and again while it is empty and patience lasts. A look
// that has begun is finished.
func waitForToken(ctx, patience context.Context, target source, secret string) (token kubeconfig.Token, err error) {
	// The error of the wait is that of patience; the one of the last look says more.
	_ = wait.PollUntilContextCancel(patience, tokenInterval, true, func(context.Context) (bool, error) {
		token, err = target.client.Token(ctx, target.Istio.Namespace, secret)
		return !errors.Is(err, cluster.ErrTokenPending), nil
	})
	return token, err
}

// errShortLife says that the server granted less than was asked for at least.
var errShortLife = errors.New("the server grants too little")

func (c *collector) requestToken(ctx context.Context, target source, account string) (kubeconfig.Token, *time.Time, error) {
	before := time.Now()
	token, expiry, err := apply.RequestToken(ctx, target.config, target.Istio.Namespace, account, c.duration)
	if err != nil {
		return token, nil, err
	}
	granted := expiry.Sub(before)
	if claims, ok := token.Claims(); ok && !claims.IssuedAt.IsZero() {
		granted = claims.Expiry.Sub(claims.IssuedAt) // both by the server's clock
	}
	if granted = granted.Round(time.Second); granted < c.minDuration {
		return token, nil, fmt.Errorf("%w: the token would live for %s, which is less than %s", errShortLife, granted, c.minDuration)
	}
	expiry = expiry.UTC()
	return token, &expiry, nil
}

// keepToken writes a token when it is another one than is there. It must be the reader's: a
// Secret of that name may have been made by somebody else.
func (c *collector) keepToken(reading render.Reading, token kubeconfig.Token) (fetched, error) {
	kept := fetched{Consumer: reading.Consumer, File: c.ws.path(reading.TokenFile())}
	if about := c.ws.credential(reading, token, false); about.Subject != "" && about.Subject != about.Want {
		return kept, withHint(fmt.Errorf("the token with which %s is to read %s is of %q, not of %q", reading.Consumer, reading.Target, about.Subject, about.Want),
			"delete that Secret in "+reading.Target+" and apply the overlay again, or declare the account with reader.serviceAccount")
	}
	c.store.Lock()
	defer c.store.Unlock()
	if old, open, err := c.ws.readToken(reading); err == nil && !open && old.Equal(token) {
		return kept, nil
	}
	if err := output.EnsureIgnored(c.ws.path(credentialsFolder)); err != nil {
		return kept, err
	}
	for _, folder := range []string{path.Dir(path.Dir(reading.TokenFile())), path.Dir(reading.TokenFile())} {
		if err := output.CheckPrivate(c.ws.path(folder)); err != nil {
			return kept, err
		}
	}
	if err := output.WriteFile(kept.File, []byte(token.Reveal()+"\n"), output.FileOptions{Mode: 0o600, Force: true}); err != nil {
		return kept, err
	}
	kept.Written = true
	return kept, nil
}

// noToken says which link is without its token, and what brings it about.
func (c *collector) noToken(reading render.Reading, err error) error {
	target, _ := c.ws.graph.Cluster(reading.Target)
	kubectl := c.kubectl(c.contextOf(target))
	hint := fmt.Sprintf("send %s its readers: kubectl mesh render%s --cluster %s --secrets=skip | %s apply --server-side -f -",
		target.Name, filenameFlag(c.filename), shell.Quote(target.Name), kubectl)
	switch {
	case errors.Is(err, cluster.ErrTokenPending):
		_, secret := render.Account(target, reading.Consumer)
		hint = fmt.Sprintf("see why, and collect again: %s -n %s describe secret %s", kubectl, shell.Quote(target.Istio.Namespace), shell.Quote(secret))
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
