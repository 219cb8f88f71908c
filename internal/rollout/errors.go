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

// failure is what went wrong in any cluster, each line with the name of its cluster.
func (r *run) failure() error {
	var errs []error
	for _, m := range r.members {
		if err := errors.Join(m.err, m.unavailable); err != nil {
			errs = append(errs, r.clusterError(m, err))
		}
	}
	return errors.Join(errs...)
}

// conflicts are those of all clusters; half a fleet with the new fields, and half without, is what nobody wants.
func (r *run) conflicts() error {
	var errs []error
	for _, m := range r.members {
		if _, ok := errors.AsType[*apply.Conflict](m.err); ok {
			errs = append(errs, r.clusterError(m, m.err))
		}
	}
	return errors.Join(errs...)
}

// clusterError puts the name of the cluster before each of its errors. Several requests are under
// way at a time: when nobody answers any more, or may not be asked, they all fail of one cause,
// which is said once.
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
		case len(hint.Of(err)) > 0: // who made it knew more
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

// isLost reports whether it is the way to the API server that failed, and not what was asked.
func isLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
