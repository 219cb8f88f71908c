package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// errShortLife reports that the server granted less than the required minimum.
var errShortLife = errors.New("the granted validity is too short")

func (c *collector) requestToken(
	ctx context.Context, target *live.Cluster, account, secret string,
) (kubeconfig.Token, *time.Time, error) {
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
		return token, nil, fmt.Errorf("%w: the token would be valid for %s, less than %s",
			errShortLife, granted, c.MinDuration)
	}
	expiry = expiry.UTC()
	return token, &expiry, nil
}

// checkToken rejects a token that is not the reader's: another user may have created a Secret with that name.
func (c *collector) checkToken(pair access.Pair, got answer) error {
	if got.err != nil {
		return c.noToken(pair, got.err)
	}
	if about := c.Workspace.Credential(pair, got.token, false); about.Subject != "" && about.Subject != about.Want {
		return hint.Add(fmt.Errorf("the token of %s for %s belongs to %q, not to %q",
			pair.Consumer, pair.Target, about.Subject, about.Want),
			"delete that Secret in "+pair.Target+" and apply the overlay again, or declare the account with "+
				"reader.serviceAccount")
	}
	return nil
}

// keepTokens writes the tokens that changed, atomically.
func (c *collector) keepTokens(ctx context.Context, pairs []access.Pair, got map[access.Pair]answer) ([]Token, error) {
	var kept []Token
	isNew := false
	for _, pair := range pairs {
		old, open, err := c.Workspace.ReadToken(pair)
		written := err != nil || open || !old.Equal(got[pair].token)
		kept = append(kept, Token{
			Consumer: pair.Consumer,
			File:     c.Workspace.Path(pair.TokenFile()),
			Written:  written,
			Expires:  got[pair].expiry,
		})
		isNew = isNew || written
	}
	if !isNew {
		return kept, nil
	}
	err := c.Workspace.Change(ctx, func(files *workspace.Change) error {
		for i, pair := range pairs {
			if kept[i].Written {
				files.Private(pair.TokenFile(), []byte(got[pair].token.Reveal()+"\n"))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}
