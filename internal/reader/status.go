package reader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// StatusInput selects the credentials, and how to check them.
type StatusInput struct {
	Workspace *workspace.Workspace
	// Clusters are queried too; if nil, only the workspace is read.
	Clusters *live.Clusters
	Now      time.Time
	// Within is how near an expiry is reported; with Thirds, the last third of the validity if that is shorter.
	Within time.Duration
	Thirds bool
	Log    hint.Log
}

// Status returns the state of a mesh's credentials, masked.
func Status(ctx context.Context, in StatusInput) []Line {
	s := &status{StatusInput: in, readers: map[string]*cluster.Client{}, undeleted: map[string]bool{}}
	if in.Clusters != nil {
		s.open(ctx)
	}
	return s.lines(ctx)
}

type status struct {
	StatusInput
	// readers are the reachable clusters.
	readers map[string]*cluster.Client
	// undeleted are the token Secrets that already have a line, as target/name.
	undeleted map[string]bool
}

// open opens the clusters that have a context and a verified identity, including those that are no longer read.
func (s *status) open(ctx context.Context) {
	for target := range s.Workspace.Graph.Clusters() {
		if target.Context == "" {
			continue
		}
		opened, err := s.Clusters.Open(ctx, target, live.RequireProof)
		if err != nil {
			s.Log.Warn("", "%s: its credentials cannot be read: %s", target.Name, hint.Without(err))
			continue
		}
		s.readers[target.Name] = opened.Client
	}
}

// lines returns a line for each valid generation and for each revoked link.
func (s *status) lines(ctx context.Context) []Line {
	lines := []Line{}
	for _, pair := range s.Workspace.Pairs() {
		a, err := s.Workspace.Access(pair)
		if err != nil {
			continue // the pairs of a graph are between its clusters
		}
		line := Line{
			Link:     s.Workspace.LinkName(pair),
			Consumer: pair.Consumer,
			Target:   pair.Target,
			Kind:     string(a.Kind().Auth()),
		}
		now := s.Workspace.Generations(pair)
		for i, generation := range now.Current {
			one := line
			one.Generation = generation
			s.look(ctx, &one, a)
			if i < len(now.Current)-1 && one.State == StateMissing {
				one.State = StateElsewhere // it is being replaced
			}
			lines = append(lines, one)
		}
		lines = append(lines, s.revoked(ctx, line, a)...)
	}
	return append(lines, s.undeclared(ctx)...)
}

// look adds what is known about a generation: in the workspace, if it stores the credential, and in the target, if that
// has a token Secret.
func (s *status) look(ctx context.Context, line *Line, a access.RemoteAccess) {
	line.Subject = a.Subject(line.Generation).User()
	traits := a.Kind().Traits()
	if !traits.Held() {
		line.State, line.Reason = StateElsewhere, a.Kind().Explain(a, a.Generations()).Where
		if !traits.Rotates() {
			line.State = StateOK
		}
		s.ask(ctx, line, a, kubeconfig.Token{})
		return
	}
	if traits.Form == access.FormCertificate {
		s.lookAtCertificate(line, a)
		return
	}
	if token, asked := s.lookAtToken(line, a); asked {
		s.ask(ctx, line, a, token)
	}
}

func (s *status) lookAtCertificate(line *Line, a access.RemoteAccess) {
	certificate, err := s.Workspace.ReadClientGeneration(a.Pair(), line.Generation)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		line.State = StateMissing
	case err != nil:
		line.State, line.Reason = StateRefused, terminal.QuotePath(err).Error()
	default:
		line.Fingerprint, line.Subject = certificate.Fingerprint(), certificate.User()
		s.judge(line, certificate.NotBefore(), certificate.NotAfter())
	}
}

// lookAtToken returns the local token, and whether the target can add anything.
func (s *status) lookAtToken(line *Line, a access.RemoteAccess) (kubeconfig.Token, bool) {
	token, _, err := s.Workspace.ReadToken(a.Pair())
	claims, isJWT := token.Claims()
	secret := a.TokenSecret(line.Generation)
	newest := line.Generation == a.Newest()
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && claims.Secret != secret && (claims.Secret != "" || !newest):
		line.State = StateElsewhere
		return kubeconfig.Token{}, true
	case err != nil:
		line.State, line.Reason = StateRefused, terminal.QuotePath(err).Error()
		return token, false
	case isJWT && claims.Subject != line.Subject:
		line.State, line.Reason = StateRefused, fmt.Sprintf("it belongs to %q", claims.Subject)
		return token, false
	}
	line.Fingerprint = token.Fingerprint()
	s.judge(line, claims.IssuedAt, claims.Expiry)
	if !isJWT {
		line.NeverExpires, line.Reason = false, "it contains no expiry"
	}
	return token, true
}

// ask reads the token Secret in the target.
func (s *status) ask(ctx context.Context, line *Line, a access.RemoteAccess, here kubeconfig.Token) {
	target, name := a.Target, a.TokenSecret(line.Generation)
	client := s.readers[target.Name]
	if client == nil || name == "" {
		return
	}
	secret, there, err := client.TokenSecret(ctx, target.Istio.Namespace, name)
	switch {
	case err != nil:
		s.Log.Warn("", "%s: Secret %s cannot be read: %s", target.Name, name, err)
	case !there:
		line.State, line.Reason = StateMissing, target.Name+" has no Secret "+target.Istio.Namespace+"/"+name
	case here.Reveal() == "", here.Equal(secret.Token):
		line.LastUsed = secret.LastUsed
		if line.LastUsed == "" {
			line.LastUsed = "never"
		}
		line.Fingerprint, line.Issued, line.NeverExpires = secret.Token.Fingerprint(), &secret.Created, true
		if line.State == StateElsewhere && a.Kind().Traits().Held() {
			line.State = StateOK
		}
	default:
		if claims, _ := here.Claims(); claims.Expiry.IsZero() {
			line.State = StateRefused
			line.Reason = "the stored token differs from the one in Secret " + name + " of " + target.Name
		}
	}
}

// judge sets the state by how near the expiry is.
func (s *status) judge(line *Line, begin, end time.Time) {
	line.State = StateOK
	if !begin.IsZero() {
		line.Issued = new(begin.UTC())
	}
	if end.IsZero() {
		line.NeverExpires = true
		return
	}
	line.Expires = new(end.UTC())
	margin := s.Within
	if third := end.Sub(begin) / 3; s.Thirds && !begin.IsZero() {
		margin = min(margin, third)
	}
	switch left := end.Sub(s.Now); {
	case left <= 0:
		line.State = StateExpired
	case left <= margin:
		line.State = StateExpiring
	}
}
