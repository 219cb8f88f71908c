package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

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

func (c *collector) requestToken(ctx context.Context, target source, account, secret string) (kubeconfig.Token, *time.Time, error) {
	before := time.Now()
	token, expiry, err := apply.RequestToken(ctx, target.config, apply.TokenRequest{
		Namespace: target.Istio.Namespace, Account: account, Secret: secret, Duration: c.duration})
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
func (c *collector) keepToken(reading render.Reading, got answer) (fetched, error) {
	kept := fetched{Consumer: reading.Consumer, File: c.ws.path(reading.TokenFile()), Expires: got.expiry}
	if got.err != nil {
		return kept, c.noToken(reading, got.err)
	}
	if about := c.ws.credential(reading, got.token, false); about.Subject != "" && about.Subject != about.Want {
		return kept, withHint(fmt.Errorf("the token with which %s is to read %s is of %q, not of %q", reading.Consumer, reading.Target, about.Subject, about.Want),
			"delete that Secret in "+reading.Target+" and apply the overlay again, or declare the account with reader.serviceAccount")
	}
	c.store.Lock()
	defer c.store.Unlock()
	if old, open, err := c.ws.readToken(reading); err == nil && !open && old.Equal(got.token) {
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
	if err := output.WriteFile(kept.File, []byte(got.token.Reveal()+"\n"), output.FileOptions{Mode: 0o600, Force: true}); err != nil {
		return kept, err
	}
	kept.Written = true
	return kept, nil
}
