package live

import (
	"context"
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
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Explain adds the remedy to an error of a request through a context.
func (c *Contexts) Explain(err error, name string) error {
	if errors.Is(err, context.Canceled) {
		return verdict.ErrInterrupted // the request's own error is clear
	}
	kubectl := c.Kubectl(name)
	var redirect *RedirectError
	remedy := "this must work first: " + kubectl + " version"
	fault := cluster.CertificateFaultOf(err)
	switch {
	case fault.Kind != "":
		remedy = c.certificateRemedy(fault, name)
	case errors.As(err, &redirect):
		remedy = fmt.Sprintf("context %q requires the API server's own address: %s --server=URL", name, c.setCluster(name))
	case apierrors.IsUnauthorized(err):
		remedy = "log in again until this works: " + kubectl + " auth whoami"
	case apierrors.IsForbidden(err):
		remedy = "ask the cluster owner for this permission; your identity there: " + kubectl + " auth whoami"
	}
	return hint.Add(terminal.Paragraph(err), remedy)
}

// certificateRemedy describes what to change in a context, or otherwise on its server.
func (c *Contexts) certificateRemedy(fault cluster.CertificateFault, name string) string {
	switch names := firstNames(fault.Names); {
	case fault.Kind == cluster.FaultAuthority:
		return fmt.Sprintf("the CA of context %q is not this server's: "+
			"get the current one from the cluster owner; %s --certificate-authority=FILE --embed-certs=true",
			name, c.setCluster(name))
	case fault.Kind != cluster.FaultName:
		return fault.Remedy()
	case fault.ServerName() == "":
		return fmt.Sprintf("the server's certificate is for %s: if that is the cluster, use such a name: %s --server=URL",
			names, c.setCluster(name))
	default:
		return fmt.Sprintf("the server's certificate is for %s: if that is the cluster, run %s --tls-server-name=%s, "+
			"and set api.tlsServerName in mesh.yaml", names, c.setCluster(name), shell.Name(fault.ServerName()))
	}
}

// firstNames lists names, and counts the rest where there are many.
func firstNames(names []string) string {
	const most = 4
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most-1], ", "), len(names)-most+1)
}

// setCluster is the start of a command that changes a context's cluster.
func (c *Contexts) setCluster(name string) string {
	command := "kubectl config set-cluster "
	if c.options.Kubeconfig != "" {
		command = "kubectl --kubeconfig=" + shell.Name(c.options.Kubeconfig) + " config set-cluster "
	}
	if context := c.raw.Contexts[name]; context != nil && context.Cluster != "" {
		return command + shell.Name(context.Cluster)
	}
	return command + "NAME"
}

// ExplainKinds adds the commands that install missing kinds.
func (c *Contexts) ExplainKinds(err error, missing *apply.MissingKinds, cluster *v1alpha1.Cluster) error {
	var remedies []string
	for _, kind := range missing.Kinds {
		switch {
		case kind.Group == gatewayv1.GroupName:
			remedies = append(remedies, "install Gateway API: "+c.Kubectl(c.Of(cluster))+
				" apply --server-side --field-manager=mesh-cli -f "+upstream.GatewayAPI(cluster.Istio.Release()).URL())
		case strings.HasSuffix(kind.Group, ".istio.io"):
			remedies = append(remedies, "install Istio's chart base: see INSTALL.md, which kubectl mesh render --output-dir "+
				"deploy writes")
		default:
			remedies = append(remedies, "install the CRD of "+kind.Kind+" first")
		}
	}
	return hint.Add(err, slices.Compact(remedies)...)
}
