package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// credentialStatus looks at the credentials of a mesh. What it shows of them is masked.
type credentialStatus struct {
	*liveFlags
	ws     *workspace
	system System
	now    time.Time
	within time.Duration
	// thirds takes the last third of a life for soon, where that is less.
	thirds bool
	// readers are the clusters that can be asked.
	readers map[string]*cluster.Client
}

// open opens the clusters that are read, where they have a context and are the ones that are meant.
func (s *credentialStatus) open(ctx context.Context) {
	s.readers = map[string]*cluster.Client{}
	for target := range s.ws.graph.Clusters() {
		if !s.ws.graph.IsRead(target.Name) || target.Context == "" || !render.UsesAccount(target) {
			continue
		}
		config, err := s.proven(ctx, s.ws, target)
		if err == nil {
			s.readers[target.Name], err = cluster.Open(config)
		}
		if err != nil {
			fmt.Fprintf(s.system.ErrOut, "warning: %s tells nothing of its credentials: %s\n", target.Name, oneLine(withoutHint{err}.Error()))
		}
	}
}

// lines has a line for each generation that counts, and one for each link that is cut off.
func (s *credentialStatus) lines(ctx context.Context) []credentialLine {
	lines := []credentialLine{}
	for _, reading := range s.ws.everyReading() {
		target, _ := s.ws.graph.Cluster(reading.Target)
		line := credentialLine{Link: s.ws.linkName(reading), From: reading.Consumer, To: reading.Target, Kind: string(target.Reader.Auth)}
		now := s.ws.generations(reading)
		for i, generation := range now.current {
			one := line
			one.Generation = generation
			s.look(ctx, &one, reading, target)
			if i < len(now.current)-1 && one.State == stateMissing {
				one.State = stateElsewhere // it is on its way out
			}
			lines = append(lines, one)
		}
		if now.current == nil {
			line.Generation, line.State, line.Subject = now.revoked, stateRevoked, s.subject(reading, target, now.revoked)
			lines = append(lines, line)
		}
	}
	return lines
}

// subject is who the control plane is at the cluster that it reads.
func (s *credentialStatus) subject(reading render.Reading, target *v1alpha1.Cluster, generation int32) string {
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthClientCertificate:
		return render.ReaderUser(reading.Consumer, generation)
	case v1alpha1.ReaderAuthFederated:
		consumer, _ := s.ws.graph.Cluster(reading.Consumer)
		return render.FederatedUser(consumer)
	case v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthExternal:
	}
	return "system:serviceaccount:" + target.Istio.Namespace + ":" + render.Account(target, reading.Consumer)
}

func (s *credentialStatus) look(ctx context.Context, line *credentialLine, reading render.Reading, target *v1alpha1.Cluster) {
	line.Subject = s.subject(reading, target, line.Generation)
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthClientCertificate:
		s.lookAtCertificate(line, reading)
	case v1alpha1.ReaderAuthFederated:
		line.State, line.Reason = stateOK, "no credential is kept: the kubelet renews a token, which ends within the hour"
	case v1alpha1.ReaderAuthExternal:
		line.State, line.Reason = stateElsewhere, "entry "+render.StoreEntry(s.ws.doc.Mesh.Metadata.Name, target, reading.Consumer)+" of the store has it"
		s.ask(ctx, line, reading, target, kubeconfig.Token{})
	case v1alpha1.ReaderAuthToken:
		s.lookAtToken(ctx, line, reading, target)
	}
}

func (s *credentialStatus) lookAtCertificate(line *credentialLine, reading render.Reading) {
	certificate, err := s.ws.readClientGeneration(reading, line.Generation)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		line.State = stateMissing
	case err != nil:
		line.State, line.Reason = stateRefused, quotePath(err).Error()
	default:
		line.Fingerprint, line.Subject = certificate.Fingerprint(), certificate.User()
		s.judge(line, certificate.NotBefore(), certificate.NotAfter())
	}
}

func (s *credentialStatus) lookAtToken(ctx context.Context, line *credentialLine, reading render.Reading, target *v1alpha1.Cluster) {
	token, _, err := s.ws.readToken(reading)
	claims, isJWT := token.Claims()
	secret := render.TokenSecret(target, reading.Consumer, line.Generation)
	newest := line.Generation == render.Generation(target, reading.Consumer)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && claims.Secret != secret && (claims.Secret != "" || !newest):
		line.State = stateElsewhere
		token = kubeconfig.Token{}
	case err != nil:
		line.State, line.Reason = stateRefused, quotePath(err).Error()
		return
	case isJWT && claims.Subject != line.Subject:
		line.State, line.Reason = stateRefused, fmt.Sprintf("it is of %q", claims.Subject)
		return
	default:
		line.Fingerprint = token.Fingerprint()
		s.judge(line, claims.IssuedAt, claims.Expiry)
		if !isJWT {
			line.NeverEnds, line.Reason = false, "it does not say when it ends"
		}
	}
	s.ask(ctx, line, reading, target, token)
}

// ask has the cluster that is read tell of the token Secret.
func (s *credentialStatus) ask(ctx context.Context, line *credentialLine, reading render.Reading, target *v1alpha1.Cluster, here kubeconfig.Token) {
	client := s.readers[target.Name]
	if client == nil {
		return
	}
	name := render.TokenSecret(target, reading.Consumer, line.Generation)
	secret, there, err := client.TokenSecret(ctx, target.Istio.Namespace, name)
	switch {
	case err != nil:
		fmt.Fprintf(s.system.ErrOut, "warning: %s tells nothing of Secret %s: %s\n", target.Name, name, oneLine(err.Error()))
	case !there:
		line.State, line.Reason = stateMissing, target.Name+" has no Secret "+target.Istio.Namespace+"/"+name
	case here.Reveal() == "", here.Equal(secret.Token):
		line.LastUsed = secret.LastUsed
		if line.LastUsed == "" {
			line.LastUsed = "never"
		}
		line.Fingerprint, line.Issued, line.NeverEnds = secret.Token.Fingerprint(), &secret.Created, true
		if line.State == stateElsewhere && target.Reader.Auth == v1alpha1.ReaderAuthToken {
			line.State = stateOK
		}
	default:
		if claims, _ := here.Claims(); claims.Expiry.IsZero() {
			line.State, line.Reason = stateRefused, "the token here is not the one of Secret "+name+" of "+target.Name+" any more"
		}
	}
}

// judge says how near the end is.
func (s *credentialStatus) judge(line *credentialLine, begin, end time.Time) {
	line.State = stateOK
	if !begin.IsZero() {
		line.Issued = new(begin.UTC())
	}
	if end.IsZero() {
		line.NeverEnds = true
		return
	}
	line.Expires = new(end.UTC())
	margin := s.within
	if third := end.Sub(begin) / 3; s.thirds && !begin.IsZero() {
		margin = min(margin, third)
	}
	switch left := end.Sub(s.now); {
	case left <= 0:
		line.State = stateExpired
	case left <= margin:
		line.State = stateExpiring
	}
}
