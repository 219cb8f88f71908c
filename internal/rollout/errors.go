package rollout

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// failure joins the errors of all clusters, each with the cluster's name.
func (r *run) failure() error {
	var errs []error
	for _, m := range r.members {
		if err := errors.Join(m.err, m.unavailable); err != nil {
			errs = append(errs, r.clusterError(m, err))
		}
	}
	return errors.Join(errs...)
}

// conflicts joins those of all clusters, because a fleet with only half of the new fields would be inconsistent.
func (r *run) conflicts() error {
	var errs []error
	for _, m := range r.members {
		if _, ok := errors.AsType[*apply.Conflict](m.err); ok {
			errs = append(errs, r.clusterError(m, m.err))
		}
	}
	return errors.Join(errs...)
}

// clusterError adds the cluster's name to each error. Concurrent requests that fail for the same reason, such as an
// unreachable or forbidding API server, are reported once.
func (r *run) clusterError(m *member, whole error) error {
	var shown, denied []error
	var lost error
	interrupted := false
	for _, err := range hint.Split(whole) {
		missing, _ := errors.AsType[*apply.MissingKinds](err)
		switch {
		case missing != nil:
			shown = append(shown, r.Clusters.ExplainKinds(err, missing, m.Cluster))
		case errors.Is(err, context.Canceled):
			interrupted = true
		case len(hint.Of(err)) > 0: // the original error is more specific
			shown = append(shown, err)
		case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
			denied = append(denied, err)
		case isLost(err):
			lost = cmp.Or(lost, err)
		default:
			shown = append(shown, err)
		}
	}
	name := r.Clusters.Of(m.Cluster)
	if denied != nil {
		shown = append(shown, r.Clusters.Explain(errors.Join(denied...), name))
	}
	if lost != nil {
		shown = append(shown, hint.Add(terminal.Paragraph(lost),
			"run the same command again when this works: "+r.Clusters.Kubectl(name)+" version; completed changes are kept"))
	}
	if interrupted {
		shown = append(shown, verdict.ErrInterrupted)
	}
	return hint.Prefix(errors.Join(shown...), m.Name+": ")
}

// isLost reports whether the connection to the API server failed, not the request.
func isLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
