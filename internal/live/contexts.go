package live

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apigroup"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Of returns the context of a cluster; empty if there is none.
func (c *Contexts) Of(cluster *v1alpha1.Cluster) string {
	if c.options.Context != "" && cluster.Name == c.options.ContextFor {
		return c.options.Context
	}
	return cluster.Context
}

// Timeout bounds a request; 0 for none.
func (c *Contexts) Timeout() time.Duration {
	timeout, _ := clientcmd.ParseTimeout(c.options.Timeout) // Validate has checked it
	return timeout
}

// UserAgent of requests to API servers.
func (c *Contexts) UserAgent() string { return c.options.UserAgent }

// Endpoint returns a context's API server according to the kubeconfig.
func (c *Contexts) Endpoint(name string) (kubeconfig.Context, error) {
	contexts, err := kubeconfig.Contexts(*c.raw, []string{name})
	if err != nil {
		return kubeconfig.Context{}, err
	}
	return contexts[0], nil
}

// Away explains why a cluster is not reachable from here: a shared mesh.yaml names contexts that not all of its users
// have.
func (c *Contexts) Away(cluster *v1alpha1.Cluster) error {
	switch {
	case cluster.Context == "":
		return errors.New("it has no context in mesh.yaml")
	case c.raw.Contexts[cluster.Context] == nil:
		return fmt.Errorf("its context %q is not in the kubeconfig", cluster.Context)
	}
	return nil
}

// Check rejects missing contexts, and contexts that verify nothing.
func (c *Contexts) Check(name string) error {
	_, err := kubeconfig.Contexts(*c.raw, []string{name})
	var problems kubeconfig.Problems
	if !errors.As(err, &problems) {
		return err
	}
	context := c.raw.Contexts[name]
	if context != nil && c.raw.Clusters[context.Cluster] != nil && !c.raw.Clusters[context.Cluster].InsecureSkipTLSVerify {
		return nil // other problems do not prevent a request
	}
	return verdict.Input(ContextErrors(problems))
}

// ContextErrors returns each problem of contexts with its remedies.
func ContextErrors(problems kubeconfig.Problems, more ...string) error {
	var errs []error
	for _, problem := range problems {
		errs = append(errs, hint.Add(problem, append(slices.Clone(problem.Remedies), more...)...))
	}
	return errors.Join(errs...)
}

// Kubectl returns the start of a kubectl command with our context.
func (c *Contexts) Kubectl(context string) string { return Kubectl(c.options.Kubeconfig, context) }

// Kubectl returns the start of a kubectl command with a context of a kubeconfig.
func Kubectl(kubeconfig, context string) string {
	command := "kubectl"
	if kubeconfig != "" {
		command += " --kubeconfig=" + shell.Name(kubeconfig)
	}
	return command + " --context=" + shell.Name(context)
}

// KubectlFor returns the start of a command for a cluster; just kubectl if no context is known.
func (o Options) KubectlFor(find func(name string) (*v1alpha1.Cluster, bool)) func(name string) string {
	return func(name string) string {
		declared, known := find(name)
		switch {
		case known && o.ContextFor == name && o.Context != "":
			return Kubectl(o.Kubeconfig, o.Context)
		case known && declared.Context != "":
			return Kubectl(o.Kubeconfig, declared.Context)
		}
		return "kubectl"
	}
}

// CheckCluster rejects a cluster without a usable context. It does not connect.
func (c *Contexts) CheckCluster(cluster *v1alpha1.Cluster) error {
	_, err := c.config(cluster)
	return err
}

// ContextRemedy describes how to get a context for a cluster of a mesh file; gcloud creates those of GKE, under a fixed
// name.
func ContextRemedy(cluster *v1alpha1.Cluster, file string) string {
	remedy := "set context: NAME in " + file + ", or select one: --cluster " + cluster.Name + " --context NAME"
	if gke := cluster.GKE; gke != nil {
		remedy = fmt.Sprintf("gcloud container clusters get-credentials %s --project=%s --location=%s, and set context: "+
			"gke_%s_%s_%s in %s",
			gke.Cluster, gke.Project, gke.Location, gke.Project, gke.Location, gke.Cluster, file)
	}
	return remedy
}

// config creates the client configuration of a cluster. It is safe for concurrent use.
func (c *Contexts) config(cluster *v1alpha1.Cluster) (*rest.Config, error) {
	name := c.Of(cluster)
	if name == "" {
		return nil, verdict.Inputf(ContextRemedy(cluster, "mesh.yaml"), "cluster %s has no context", cluster.Name)
	}
	if err := c.Check(name); err != nil {
		return nil, err
	}
	if err := c.checkFiles(name); err != nil {
		return nil, err
	}
	overrides := &clientcmd.ConfigOverrides{Timeout: c.options.Timeout}
	overrides.AuthInfo.Impersonate = c.options.Impersonate.UserName
	overrides.AuthInfo.ImpersonateUID = c.options.Impersonate.UID
	overrides.AuthInfo.ImpersonateGroups = c.options.Impersonate.Groups
	loading := clientcmd.NewDefaultClientConfigLoadingRules() // where a renewed login is stored
	loading.ExplicitPath = c.options.Kubeconfig
	config, err := clientcmd.NewNonInteractiveClientConfig(*c.raw, name, overrides, loading).ClientConfig()
	if err != nil {
		return nil, hint.Add(fmt.Errorf("use context %q: %w", name, err), c.Kubectl(name)+" version must work first")
	}
	config.UserAgent = c.options.UserAgent
	config.QPS = -1 // requests are bounded already, and no controller competes with them
	config.WarningHandler = rest.NoWarnings{}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return sameServer{next: apigroup.Bound(next)} })
	return config, nil
}
