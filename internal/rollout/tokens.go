package rollout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// tokenSource gets readers' tokens: from the target, or otherwise from credentials/.
type tokenSource struct {
	run     *run
	opening sync.Mutex
	readers map[string]tokenReader
	// coming are the clusters that get their readers later in this run. It changes only between stages.
	coming map[string]bool
}

func newTokenSource(r *run) *tokenSource {
	return &tokenSource{run: r, readers: map[string]tokenReader{}}
}

// tokenReader is a cluster that issues tokens.
type tokenReader struct {
	client *cluster.Client // nil if there is no context for the cluster
	err    error           // why the cluster is not trusted or reachable
}

// reader opens a cluster once. The identity of a cluster that the run does not apply to is verified too: otherwise
// another cluster's token would be sent to this one's API server.
func (s *tokenSource) reader(ctx context.Context, name string) tokenReader {
	for _, m := range s.run.members {
		if m.Name == name && m.live != nil {
			return tokenReader{client: m.live.Client}
		}
	}
	s.opening.Lock()
	defer s.opening.Unlock()
	if reader, known := s.readers[name]; known {
		return reader
	}
	var reader tokenReader
	if declared, known := s.run.Workspace.Graph.Cluster(name); known && s.run.Clusters.Away(declared) == nil {
		opened, err := s.run.Clusters.Open(ctx, declared, live.RequireProof)
		if reader.err = err; err == nil {
			reader.client = opened.Client
		}
	}
	s.readers[name] = reader
	return reader
}

// now returns an existing token, or cluster.ErrTokenPending if this run creates it.
func (s *tokenSource) now(ctx context.Context, pair access.Pair) (kubeconfig.Token, error) {
	ws := s.run.Workspace
	stored, _, errStored := ws.ReadToken(pair)
	reader := s.reader(ctx, pair.Target)
	if reader.client == nil && reader.err == nil {
		return stored, s.missing(pair, errStored)
	}
	target, err := ws.Cluster(pair.Target)
	if err != nil {
		return kubeconfig.Token{}, err
	}
	if errStored == nil && isRequested(target, pair, stored) {
		return stored, nil // an expiring token was requested; the Secret's does not expire
	}
	token, err := s.newest(ctx, reader, target, pair.Consumer)
	switch {
	case err == nil:
		return token, nil
	case ctx.Err() != nil:
		return kubeconfig.Token{}, ctx.Err()
	case apierrors.IsNotFound(err) && s.coming[pair.Target]:
		return kubeconfig.Token{}, cluster.ErrTokenPending // this run creates it
	case errors.Is(err, cluster.ErrTokenPending):
		return kubeconfig.Token{}, err
	case errStored == nil:
		return stored, nil // the cluster is unreachable or has none: use the one in credentials/
	}
	problem := fmt.Errorf("get the token of %s for %s: %w", pair.Consumer, pair.Target, err)
	if s.applies(pair.Target) { // this run should have created it, and failed there
		return kubeconfig.Token{}, hint.Add(problem, "fix "+pair.Target+", and run the same command again")
	}
	problem = hint.Add(problem, "apply "+pair.Target+" first, or in the same run: omit --cluster")
	if apierrors.IsNotFound(err) {
		problem = &noToken{error: problem}
	}
	return kubeconfig.Token{}, problem
}

// newest returns the token of the newest available generation: a control plane keeps the previous one until a newer one
// is available.
func (s *tokenSource) newest(
	ctx context.Context, reader tokenReader, target *v1alpha1.Cluster, consumer string,
) (kubeconfig.Token, error) {
	if reader.err != nil {
		return kubeconfig.Token{}, reader.err
	}
	var missing error
	for _, generation := range slices.Backward(target.GenerationsOf(consumer)) {
		token, err := reader.client.Token(ctx, target.Istio.Namespace, access.TokenSecret(target, consumer, generation))
		if !apierrors.IsNotFound(err) || s.coming[target.Name] {
			return token, err
		}
		missing = cmp.Or(missing, err)
	}
	return kubeconfig.Token{}, missing
}

// isRequested reports whether a token was requested: it expires, and belongs to the newest generation if it identifies
// one.
func isRequested(target *v1alpha1.Cluster, pair access.Pair, token kubeconfig.Token) bool {
	claims, ok := token.Claims()
	isCurrent := claims.Secret == "" || claims.Secret == access.NewestTokenSecret(target, pair.Consumer)
	return ok && !claims.Expiry.IsZero() && isCurrent
}

// applies reports whether the run includes a cluster, whatever its state.
func (s *tokenSource) applies(name string) bool {
	return slices.ContainsFunc(s.run.members, func(m *member) bool { return m.Name == name })
}

// missing returns the command that fetches a token, unless there is one.
func (s *tokenSource) missing(pair access.Pair, err error) error {
	if err == nil {
		return nil
	}
	problem := s.run.Workspace.MissingToken(pair, err)
	if errors.Is(err, fs.ErrNotExist) {
		target, unknown := s.run.Workspace.Graph.Get(pair.Target)
		if unknown != nil {
			return unknown
		}
		return &noToken{error: hint.New(problem.Hint,
			fmt.Sprintf("%s, and %s cannot be reached: %s", problem.Message, pair.Target, s.run.Clusters.Away(target)))}
	}
	return hint.New(problem.Hint, problem.String())
}

// noToken reports a missing token, as opposed to an invalid one.
type noToken struct{ error }

func (n *noToken) Unwrap() error { return n.error }

// lateToken is a token that this run creates and that does not exist yet.
type lateToken struct {
	pair access.Pair
	why  string
}

// coming replaces what is missing if this run creates it.
func coming() render.Missing { return render.Missing{Why: "is created by this run"} }

// foundTokens are available tokens, those that this run creates, and unavailable ones, whose remote secrets are held
// back. Failures are the error.
type foundTokens struct {
	held   map[access.Pair]kubeconfig.Credential
	late   []lateToken
	absent map[access.Pair]render.Missing
	err    error
}

// gotten is the result of getting a token.
type gotten struct {
	token kubeconfig.Token
	err   error
}

// all gets several tokens concurrently.
func (s *tokenSource) all(ctx context.Context, pairs []access.Pair, get getToken) foundTokens {
	ask := func(ctx context.Context, pair access.Pair) gotten {
		token, err := get(ctx, pair)
		return gotten{token: token, err: err}
	}
	found := foundTokens{held: map[access.Pair]kubeconfig.Credential{}, absent: map[access.Pair]render.Missing{}}
	for pair, got := range parallel.InOrder(ctx, pairs, ask) {
		missing, isMissing := errors.AsType[*noToken](got.err)
		switch {
		case got.err == nil:
			found.held[pair] = kubeconfig.Credential{Token: got.token}
		case errors.Is(got.err, cluster.ErrTokenPending):
			found.late = append(found.late, lateToken{pair: pair, why: s.whyLate(pair)})
			found.absent[pair] = coming()
		case isMissing:
			found.absent[pair] = render.Missing{Why: hint.Without(missing).Error(), Next: strings.Join(hint.Of(missing), "; ")}
		default:
			found.absent[pair] = render.Missing{Why: fmt.Sprintf("the token of %s for %s is not available",
				pair.Consumer, pair.Target)}
			found.err = errors.Join(found.err, got.err)
		}
	}
	return found
}

// whyLate names the Secret that will contain a token.
func (s *tokenSource) whyLate(pair access.Pair) string {
	target, known := s.run.Workspace.Graph.Cluster(pair.Target)
	if !known {
		return pair.Target + " is not a cluster of the mesh"
	}
	secret := target.Istio.Namespace + "/" + access.NewestTokenSecret(target, pair.Consumer)
	return "the token in Secret " + secret + " of " + pair.Target + " does not exist yet"
}

// getToken is now or wait.
type getToken = func(context.Context, access.Pair) (kubeconfig.Token, error)

// wait polls until the token exists or the context ends.
func (s *tokenSource) wait(ctx context.Context, pair access.Pair) (token kubeconfig.Token, err error) {
	backoff := wait.Backoff{Duration: 50 * time.Millisecond, Factor: 2, Steps: 5, Cap: time.Second}
	ended := backoff.DelayFunc().Until(ctx, true, true, func(ctx context.Context) (bool, error) {
		token, err = s.now(ctx, pair)
		return !errors.Is(err, cluster.ErrTokenPending), nil
	})
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return token, hint.Add(fmt.Errorf("wait for the token of %s for %s: it was not issued", pair.Consumer, pair.Target),
			s.missingIssuer(pair.Target))
	}
	return token, cmp.Or(ctx.Err(), ended, err)
}

// missingIssuer describes what to do if an API server does not issue a token: it issues none before the account exists,
// and this program does not apply the account of Istio's charts.
func (s *tokenSource) missingIssuer(target string) string {
	if declared, known := s.run.Workspace.Graph.Cluster(target); known && access.GrantedByCharts(declared) {
		account := declared.Istio.Namespace + "/" + v1alpha1.IstioReaderAccount
		return "install Istio's chart base in " + target + ", which creates ServiceAccount " + account +
			", and run the same command again"
	}
	return "verify that kube-controller-manager's token controller runs in " + target
}
