package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// tokenSource gets readers' tokens: from the cluster that is read, else from credentials/.
type tokenSource struct {
	o       *renderOptions
	ws      *workspace
	opening sync.Mutex
	readers map[string]*cluster.Client // nil for a cluster that has no context
}

func newTokenSource(o *renderOptions, ws *workspace) *tokenSource {
	return &tokenSource{o: o, ws: ws, readers: map[string]*cluster.Client{}}
}

// reader is a client of a cluster, nil when there is no way to it.
func (s *tokenSource) reader(name string) *cluster.Client {
	s.opening.Lock()
	defer s.opening.Unlock()
	if reader, known := s.readers[name]; known {
		return reader
	}
	declared, _ := s.ws.graph.Cluster(name)
	s.readers[name] = nil
	if declared.Context == "" {
		return nil
	}
	if config, err := s.o.configOf(declared.Context); err == nil {
		s.readers[name], _ = cluster.Open(config)
	}
	return s.readers[name]
}

// now returns a token that is there, or cluster.ErrTokenPending when it is yet to come.
func (s *tokenSource) now(ctx context.Context, reading render.Reading) (kubeconfig.Token, error) {
	stored, _, errStored := s.ws.readToken(reading)
	reader := s.reader(reading.Target)
	if reader == nil {
		return stored, s.missing(reading, errStored)
	}
	target, _ := s.ws.graph.Cluster(reading.Target)
	_, secret := render.Account(target, reading.Consumer)
	token, err := reader.Token(ctx, target.Istio.Namespace, secret)
	switch {
	case err == nil:
		return token, nil
	case ctx.Err() != nil:
		return kubeconfig.Token{}, ctx.Err()
	case apierrors.IsNotFound(err) && s.applies(reading.Target):
		return kubeconfig.Token{}, cluster.ErrTokenPending // comes with this run
	case errors.Is(err, cluster.ErrTokenPending):
		return kubeconfig.Token{}, err
	case errStored == nil:
		return stored, nil // the cluster is out of reach, or has none: what was carried here counts
	}
	return kubeconfig.Token{}, fmt.Errorf("get the token with which %s reads %s: %w\n%s", reading.Consumer, reading.Target, err,
		hintMark+"apply "+reading.Target+" first, or with the same command: leave out --cluster")
}

// applies tells whether the run brings a cluster its readers.
func (s *tokenSource) applies(name string) bool {
	return s.o.cluster == "" && *s.o.Context == "" || s.o.cluster == name
}

// missing names the command that fetches a token, unless there is one.
func (s *tokenSource) missing(reading render.Reading, err error) error {
	if err == nil {
		return nil
	}
	problem := s.ws.missing(reading, err)
	if errors.Is(err, fs.ErrNotExist) {
		problem.Message += fmt.Sprintf(", and %s has no context to fetch it with", reading.Target)
	}
	return fmt.Errorf("%s\n%s%s", problem, hintMark, problem.Hint)
}

// wait asks until the token is there or the context ends.
func (s *tokenSource) wait(ctx context.Context, reading render.Reading) (kubeconfig.Token, error) {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		token, err := s.now(ctx, reading)
		if !errors.Is(err, cluster.ErrTokenPending) {
			return token, err
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return token, ctx.Err()
			}
			return token, fmt.Errorf("wait for the token with which %s reads %s: it did not come\n%s", reading.Consumer, reading.Target,
				hintMark+"does the token controller of kube-controller-manager run in "+reading.Target+"?")
		case <-time.After(pause):
		}
	}
}
