package reader

import (
	"context"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// maxSurvivors is how many of the last revoked generations are checked.
const maxSurvivors = 5

// revoked has a line for each revoked link, and for each token Secret that still exists after its revocation: its
// annotations keep Flux and Argo CD from pruning it, so a change in Git alone does not delete it.
func (s *status) revoked(ctx context.Context, line Line, a access.RemoteAccess) []Line {
	now := s.Workspace.Generations(a.Pair())
	var lines []Line
	for generation := max(1, now.Revoked-maxSurvivors+1); generation <= now.Revoked; generation++ {
		if !slices.Contains(now.Current, generation) && s.survives(ctx, a, generation) {
			one := line
			one.Generation, one.State, one.Subject = generation, StateUndeleted, a.Subject(generation).User()
			one.Reason = "Flux and Argo CD do not prune its token Secret; delete it: " + s.deletion(a, generation)
			lines = append(lines, one)
			s.undeleted[a.Target.Name+"/"+a.TokenSecret(generation)] = true
		}
	}
	if now.Current != nil || lines != nil {
		return lines
	}
	line.Generation, line.State, line.Subject = now.Revoked, StateRevoked, a.Subject(now.Revoked).User()
	if s.readers[a.Target.Name] == nil && a.Kind().Traits().Account {
		line.Reason = "if it was revoked only in Git, Flux and Argo CD do not prune its token Secret; delete it: " +
			s.deletion(a, now.Revoked)
	}
	return []Line{line}
}

// survives reports whether a revoked generation's token Secret still exists in the target. Readers that share an
// account share its Secrets, which can be another reader's valid ones.
func (s *status) survives(ctx context.Context, a access.RemoteAccess, generation int32) bool {
	target, name := a.Target, a.TokenSecret(generation)
	client := s.readers[target.Name]
	if client == nil || name == "" {
		return false
	}
	for other := range s.Workspace.Graph.Consumers(target.Name) {
		for _, current := range target.GenerationsOf(other.Name) {
			if access.TokenSecret(target, other.Name, current) == name {
				return false
			}
		}
	}
	_, there, err := client.TokenSecret(ctx, target.Istio.Namespace, name)
	if err != nil {
		s.Log.Warn("", "%s: Secret %s cannot be read: %s", target.Name, name, err)
	}
	return there
}

// deletion returns the command that deletes a generation's token.
func (s *status) deletion(a access.RemoteAccess, generation int32) string {
	target := a.Target
	at, kubectl := target.Context, func(context string) string { return live.Kubectl("", context) }
	if at == "" {
		at = "CONTEXT_OF_" + target.Name
	}
	if s.Clusters != nil {
		kubectl = s.Clusters.Kubectl
	}
	return kubectl(at) + " -n " + shell.Name(target.Istio.Namespace) + " delete secret " +
		shell.Name(a.TokenSecret(generation)) + " --ignore-not-found"
}
