package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// failure is what went wrong in any cluster, each line with the name of its cluster.
func (r *applyRun) failure() error {
	var errs []error
	for _, c := range r.clusters {
		if c.err != nil {
			errs = append(errs, r.clusterError(c))
		}
	}
	return errors.Join(errs...)
}

// clusterError puts the name of the cluster before each of its errors. Several requests are under
// way at a time: when nobody answers any more, or may not be asked, they all fail of one cause,
// which is said once.
func (r *applyRun) clusterError(c *applyCluster) error {
	var shown, denied []error
	var lost error
	interrupted := false
	for _, err := range flatten(c.err) {
		missing, _ := errors.AsType[*apply.MissingKinds](err)
		switch {
		case missing != nil:
			shown = append(shown, r.explainKinds(err, missing, c.Cluster))
		case errors.Is(err, context.Canceled):
			interrupted = true
		case strings.Contains(err.Error(), "\n"+hintMark): // who made it knew more
			shown = append(shown, err)
		case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
			denied = append(denied, err)
		case isLost(err):
			lost = cmp.Or(lost, err)
		default:
			shown = append(shown, err)
		}
	}
	name := r.contextOf(c.Cluster)
	if denied != nil {
		shown = append(shown, r.explain(errors.Join(denied...), name))
	}
	if lost != nil {
		shown = append(shown, withHint(oneParagraph{lost}, "run the same command again as soon as this works: "+r.kubectl(name)+" version; what was done stays done"))
	}
	if interrupted {
		shown = append(shown, errInterrupted)
	}
	return inCluster{c.Name, errors.Join(shown...)}
}

// isLost tells whether it is the way to the API server that failed, and not what was asked.
func isLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// inCluster is an error with the name of its cluster on every line that is an error of its own.
type inCluster struct {
	name string
	error
}

func (e inCluster) Error() string {
	var text strings.Builder
	for line := range strings.Lines(e.error.Error()) {
		if !strings.HasPrefix(line, hintMark) && !strings.HasPrefix(line, " ") {
			line = e.name + ": " + line
		}
		text.WriteString(line)
	}
	return text.String()
}

func (e inCluster) Unwrap() error { return e.error }
