package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// explain adds the remedy to an error of a cluster that was asked through a context.
func (f *liveFlags) explain(err error, context string) error {
	kubectl := f.kubectl(context)
	var certificate *tls.CertificateVerificationError
	hint := "this has to work first: " + kubectl + " version"
	switch {
	case errors.As(err, &certificate):
		hint = fmt.Sprintf("the certificate authority of context %q is not that of this server: take it anew from the owner of the cluster; "+
			"kubectl config set-cluster NAME --certificate-authority=FILE --embed-certs=true", context)
	case apierrors.IsUnauthorized(err):
		hint = "log in again, until this works: " + kubectl + " auth whoami"
	case apierrors.IsForbidden(err):
		hint = "ask the owner of the cluster for that right; who you are there: " + kubectl + " auth whoami"
	}
	return withHint(oneParagraph{err}, hint)
}

// explainKinds adds the command that installs the kinds that a cluster lacks.
func (f *liveFlags) explainKinds(err error, missing *apply.MissingKinds, cluster *v1alpha1.Cluster) error {
	var hints []string
	for _, kind := range missing.Kinds {
		switch {
		case kind.Group == gatewayv1.GroupName:
			hints = append(hints, "install Gateway API: "+f.kubectl(f.contextOf(cluster))+" apply --server-side -f "+render.GatewayAPI(cluster.Istio))
		case strings.HasSuffix(kind.Group, ".istio.io"):
			hints = append(hints, "install chart base of Istio: INSTALL.md has the command; kubectl mesh render --output-dir deploy writes it")
		default:
			hints = append(hints, "install the CRD of "+kind.Kind+" first")
		}
	}
	for _, hint := range slices.Compact(hints) {
		err = withHint(err, hint)
	}
	return err
}

// oneParagraph is an error on one line: what others wrote must not pass for lines of ours.
type oneParagraph struct{ error }

func (e oneParagraph) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }

func (e oneParagraph) Unwrap() error { return e.error }
