package live

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Explain adds the remedy to an error of a cluster that was asked through a context.
func (c *Contexts) Explain(err error, name string) error {
	if errors.Is(err, context.Canceled) {
		return verdict.ErrInterrupted // the request says so in its own words
	}
	kubectl := c.Kubectl(name)
	var certificate *tls.CertificateVerificationError
	var redirect *RedirectError
	remedy := "this has to work first: " + kubectl + " version"
	names, misnamed := cluster.CertificateNames(err)
	switch {
	case misnamed && len(names) > 0:
		remedy = fmt.Sprintf("the server's certificate is for %s: if that is the cluster, kubectl config set-cluster NAME --tls-server-name=%s, "+
			"and api.tlsServerName in mesh.yaml", strings.Join(names, ", "), names[0])
	case errors.As(err, &certificate):
		remedy = fmt.Sprintf("the certificate authority of context %q is not that of this server: take it anew from the owner of the cluster; "+
			"kubectl config set-cluster NAME --certificate-authority=FILE --embed-certs=true", name)
	case errors.As(err, &redirect):
		remedy = fmt.Sprintf("context %q needs the address of the API server itself: kubectl config set-cluster NAME --server=URL", name)
	case apierrors.IsUnauthorized(err):
		remedy = "log in again, until this works: " + kubectl + " auth whoami"
	case apierrors.IsForbidden(err):
		remedy = "ask the owner of the cluster for that right; who you are there: " + kubectl + " auth whoami"
	}
	return hint.Add(terminal.Paragraph(err), remedy)
}

// ExplainKinds adds the commands that install the kinds that a cluster lacks.
func (c *Contexts) ExplainKinds(err error, missing *apply.MissingKinds, cluster *v1alpha1.Cluster) error {
	var remedies []string
	for _, kind := range missing.Kinds {
		switch {
		case kind.Group == gatewayv1.GroupName:
			remedies = append(remedies, "install Gateway API: "+c.Kubectl(c.Of(cluster))+" apply --server-side --field-manager=mesh-cli -f "+upstream.GatewayAPI(cluster.Istio.Release()).URL())
		case strings.HasSuffix(kind.Group, ".istio.io"):
			remedies = append(remedies, "install chart base of Istio: INSTALL.md has the command; kubectl mesh render --output-dir deploy writes it")
		default:
			remedies = append(remedies, "install the CRD of "+kind.Kind+" first")
		}
	}
	return hint.Add(err, slices.Compact(remedies)...)
}
