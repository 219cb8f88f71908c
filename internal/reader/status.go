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
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// StatusInput says which credentials to look at, and how.
type StatusInput struct {
	Workspace *workspace.Workspace
	// Clusters are asked too; nil: what is here is all there is to look at.
	Clusters *live.Clusters
	Now      time.Time
	// Within is how near an end is worth a word; with Thirds the last third of a validity, where that is
	// less.
	Within time.Duration
	Thirds bool
	Tell   hint.Tell
}

// Status looks at the credentials of a mesh. What it returns of them is masked.
func Status(ctx context.Context, in StatusInput) []Line {
	s := &status{StatusInput: in, readers: map[string]*cluster.Client{}, undeleted: map[string]bool{}}
	if in.Clusters != nil {
		s.open(ctx)
	}
	return s.lines(ctx)
}

type status struct {
	StatusInput
	// readers are the clusters that can be asked.
	readers map[string]*cluster.Client
	// undeleted are the token Secrets that have a line already, as target/name.
	undeleted map[string]bool
}

// open opens the clusters that have a context and are the ones that are meant: also those that nobody reads any more.
func (s *status) open(ctx context.Context) {
	for target := range s.Workspace.Graph.Clusters() {
		if target.Context == "" {
			continue
		}
		opened, err := s.Clusters.Open(ctx, target, live.RequireProof)
		if err != nil {
			s.Tell.Warn("", "%s tells nothing of its credentials: %s", target.Name, hint.Without(err))
			continue
		}
		s.readers[target.Name] = opened.Client
	}
}

// lines has a line for each generation that counts, and one for each link that is cut off.
func (s *status) lines(ctx context.Context) []Line {
	lines := []Line{}
	for _, pair := range s.Workspace.Pairs() {
		target, _ := s.Workspace.Graph.Cluster(pair.Target)
		line := Line{Link: s.Workspace.LinkName(pair), Consumer: pair.Consumer, Target: pair.Target, Kind: string(target.Reader.Auth)}
		now := s.Workspace.Generations(pair)
		for i, generation := range now.Current {
			one := line
			one.Generation = generation
			s.look(ctx, &one, pair, target)
			if i < len(now.Current)-1 && one.State == StateMissing {
				one.State = StateElsewhere // it is on its way out
			}
			lines = append(lines, one)
		}
		lines = append(lines, s.revoked(ctx, line, pair, target)...)
	}
	return append(lines, s.undeclared(ctx)...)
}

// subject is who the control plane is at the cluster that it reads.
func (s *status) subject(pair access.Pair, target *v1alpha1.Cluster, generation int32) string {
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthClientCertificate:
		return access.ReaderUser(pair.Consumer, generation)
	case v1alpha1.ReaderAuthFederated:
		consumer, _ := s.Workspace.Graph.Cluster(pair.Consumer)
		return access.FederatedUser(consumer)
	case v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthExternal:
	}
	return "system:serviceaccount:" + target.Istio.Namespace + ":" + access.Account(target, pair.Consumer)
}

func (s *status) look(ctx context.Context, line *Line, pair access.Pair, target *v1alpha1.Cluster) {
	line.Subject = s.subject(pair, target, line.Generation)
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthClientCertificate:
		s.lookAtCertificate(line, pair)
	case v1alpha1.ReaderAuthFederated:
		line.State, line.Reason = StateOK, "no credential is kept: the kubelet renews a token, which ends within the hour"
	case v1alpha1.ReaderAuthExternal:
		line.State, line.Reason = StateElsewhere, "entry "+access.StoreEntry(s.Workspace.Doc.Mesh.Metadata.Name, target, pair.Consumer)+" of the store has it"
		s.ask(ctx, line, pair, target, kubeconfig.Token{})
	case v1alpha1.ReaderAuthToken:
		s.lookAtToken(ctx, line, pair, target)
	}
}

func (s *status) lookAtCertificate(line *Line, pair access.Pair) {
	certificate, err := s.Workspace.ReadClientGeneration(pair, line.Generation)
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

func (s *status) lookAtToken(ctx context.Context, line *Line, pair access.Pair, target *v1alpha1.Cluster) {
	token, _, err := s.Workspace.ReadToken(pair)
	claims, isJWT := token.Claims()
	secret := access.TokenSecret(target, pair.Consumer, line.Generation)
	newest := line.Generation == access.Generation(target, pair.Consumer)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && claims.Secret != secret && (claims.Secret != "" || !newest):
		line.State = StateElsewhere
		token = kubeconfig.Token{}
	case err != nil:
		line.State, line.Reason = StateRefused, terminal.QuotePath(err).Error()
		return
	case isJWT && claims.Subject != line.Subject:
		line.State, line.Reason = StateRefused, fmt.Sprintf("it is of %q", claims.Subject)
		return
	default:
		line.Fingerprint = token.Fingerprint()
		s.judge(line, claims.IssuedAt, claims.Expiry)
		if !isJWT {
			line.NeverExpires, line.Reason = false, "it does not say when it ends"
		}
	}
	s.ask(ctx, line, pair, target, token)
}

// ask has the cluster that is read tell of the token Secret.
func (s *status) ask(ctx context.Context, line *Line, pair access.Pair, target *v1alpha1.Cluster, here kubeconfig.Token) {
	client := s.readers[target.Name]
	if client == nil {
		return
	}
	name := access.TokenSecret(target, pair.Consumer, line.Generation)
	secret, there, err := client.TokenSecret(ctx, target.Istio.Namespace, name)
	switch {
	case err != nil:
		s.Tell.Warn("", "%s tells nothing of Secret %s: %s", target.Name, name, err)
	case !there:
		line.State, line.Reason = StateMissing, target.Name+" has no Secret "+target.Istio.Namespace+"/"+name
	case here.Reveal() == "", here.Equal(secret.Token):
		line.LastUsed = secret.LastUsed
		if line.LastUsed == "" {
			line.LastUsed = "never"
		}
		line.Fingerprint, line.Issued, line.NeverExpires = secret.Token.Fingerprint(), &secret.Created, true
		if line.State == StateElsewhere && target.Reader.Auth == v1alpha1.ReaderAuthToken {
			line.State = StateOK
		}
	default:
		if claims, _ := here.Claims(); claims.Expiry.IsZero() {
			line.State, line.Reason = StateRefused, "the token here is not the one of Secret "+name+" of "+target.Name+" any more"
		}
	}
}

// judge says how near the end is.
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
