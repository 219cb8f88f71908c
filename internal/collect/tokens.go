package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// tokenPatience bounds the wait for tokens that an API server has not filled in yet. It takes a moment after the Secret
// is applied.
const tokenPatience = 10 * time.Second

// Token is the result for one token.
type Token struct {
	Consumer string     `json:"consumer"`
	File     string     `json:"file"`
	Written  bool       `json:"written"`
	Expires  *time.Time `json:"expires,omitempty"` // of a requested token
}

// fetchTokens fetches the tokens of each consumer of the target. A missing one does not stop the others.
func (c *collector) fetchTokens(ctx context.Context, target *live.Cluster, result *Result) error {
	if c.Tokens == SkipTokens || !access.KindOf(target.Cluster).Traits().Collected() {
		return nil
	}
	patience, cancel := context.WithTimeout(ctx, tokenPatience)
	defer cancel()
	asked := map[string]answer{} // readers that share an account share its token
	got := map[access.Pair]answer{}
	var pairs []access.Pair
	var errs []error
	for consumer := range c.Workspace.Graph.Consumers(target.Name) {
		secret := access.NewestTokenSecret(target.Cluster, consumer.Name)
		if _, known := asked[secret]; !known {
			asked[secret] = c.askForToken(ctx, patience, target, access.Account(target.Cluster, consumer.Name), secret)
		}
		pair := access.Pair{Target: target.Name, Consumer: consumer.Name}
		if err := c.checkToken(pair, asked[secret]); err != nil {
			errs = append(errs, err)
			continue
		}
		pairs, got[pair] = append(pairs, pair), asked[secret]
	}
	kept, err := c.keepTokens(ctx, pairs, got)
	result.Tokens = append(result.Tokens, kept...)
	return errors.Join(append(errs, err)...)
}

// answer is an API server's response for an account.
type answer struct {
	token  kubeconfig.Token
	expiry *time.Time // of a requested token
	err    error
}

func (c *collector) askForToken(
	ctx, patience context.Context, target *live.Cluster, account, secret string,
) (a answer) {
	if c.Tokens == FromRequest {
		a.token, a.expiry, a.err = c.requestToken(ctx, target, account, secret)
	} else {
		a.token, a.err = target.AwaitToken(ctx, patience, secret)
	}
	return a
}

// noToken reports the link without its token, and how to get it.
func (c *collector) noToken(pair access.Pair, err error) error {
	target, unknown := c.Workspace.Graph.Get(pair.Target)
	if unknown != nil {
		return unknown
	}
	kubectl := c.Clusters.Kubectl(c.Clusters.Of(target))
	remedies := []string{fmt.Sprintf("apply the reader accounts to %s: kubectl mesh render%s --cluster %s "+
		"--secrets=skip | %s apply --server-side --field-manager=mesh-cli -f -",
		target.Name, c.Workspace.FilenameFlag(), shell.Name(target.Name), kubectl)}
	switch {
	case errors.Is(err, cluster.ErrTokenPending):
		remedies = []string{fmt.Sprintf("find the reason, and collect again: %s -n %s describe secret %s",
			kubectl, shell.Name(target.Istio.Namespace),
			shell.Name(access.NewestTokenSecret(target, pair.Consumer)))}
	case errors.Is(err, errShortLife):
		remedies = []string{"accept it with --min-duration, raise the API server's " +
			"--service-account-max-token-expiration, or use --token=secret"}
	case apierrors.IsForbidden(err):
		remedies = []string{"ask the cluster owner for this permission; your identity there: " + kubectl + " auth whoami"}
	case !apierrors.IsNotFound(err):
		remedies = []string{"run the same command again"}
	case target.Reader.ServiceAccount == v1alpha1.IstioReaderAccount:
		remedies = append(remedies, "the account "+v1alpha1.IstioReaderAccount+" is created by Istio's chart base")
	}
	return hint.Add(fmt.Errorf("%s has no token to read %s: %w", pair.Consumer, pair.Target, terminal.Paragraph(err)),
		remedies...)
}
