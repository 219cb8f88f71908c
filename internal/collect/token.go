package collect

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// errShortLife says that the server granted less than was asked for at least.
var errShortLife = errors.New("the server grants too little")

func (c *collector) requestToken(ctx context.Context, target *live.Cluster, account, secret string) (kubeconfig.Token, *time.Time, error) {
	before := time.Now()
	token, expiry, err := target.RequestToken(ctx, apply.TokenRequest{
		Namespace: target.Istio.Namespace, Account: account, Secret: secret, Duration: c.Duration})
	if err != nil {
		return token, nil, err
	}
	granted := expiry.Sub(before)
	if claims, ok := token.Claims(); ok && !claims.IssuedAt.IsZero() {
		granted = claims.Expiry.Sub(claims.IssuedAt) // both by the server's clock
	}
	if granted = granted.Round(time.Second); granted < c.MinDuration {
		return token, nil, fmt.Errorf("%w: the token would live for %s, which is less than %s", errShortLife, granted, c.MinDuration)
	}
	expiry = expiry.UTC()
	return token, &expiry, nil
}

// keepToken writes a token when it is another one than is there. It must be the reader's: a
// Secret of that name may have been made by somebody else.
func (c *collector) keepToken(pair access.Pair, got answer) (Token, error) {
	kept := Token{Consumer: pair.Consumer, File: c.Workspace.Path(pair.TokenFile()), Expires: got.expiry}
	if got.err != nil {
		return kept, c.noToken(pair, got.err)
	}
	if about := c.Workspace.Credential(pair, got.token, false); about.Subject != "" && about.Subject != about.Want {
		return kept, hint.Add(fmt.Errorf("the token with which %s is to read %s is of %q, not of %q", pair.Consumer, pair.Target, about.Subject, about.Want),
			"delete that Secret in "+pair.Target+" and apply the overlay again, or declare the account with reader.serviceAccount")
	}
	c.store.Lock()
	defer c.store.Unlock()
	if old, open, err := c.Workspace.ReadToken(pair); err == nil && !open && old.Equal(got.token) {
		return kept, nil
	}
	if err := c.Workspace.CheckPrivate(pair.TokenFile()); err != nil {
		return kept, err
	}
	for _, folder := range []string{path.Dir(layout.CredentialDir(pair.Target, pair.Consumer)), layout.CredentialDir(pair.Target, pair.Consumer)} {
		if err := output.CheckPrivate(c.Workspace.Path(folder)); err != nil {
			return kept, err
		}
	}
	if err := c.Workspace.WritePrivate(pair.TokenFile(), []byte(got.token.Reveal()+"\n")); err != nil {
		return kept, err
	}
	kept.Written = true
	return kept, nil
}
