package collect

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/facts"
	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

const whatAPI = "api of the context"

// endpointFacts reads the API server's address and authority from the context. They belong together, and peers may need
// another address than this machine: if a person specified one, in mesh.yaml or in the facts file, nothing of the
// context is used.
func (c *collector) endpointFacts(target *v1alpha1.Cluster) (*kubeconfig.Context, []cluster.Note) {
	endpoint, err := c.Clusters.Endpoint(c.Clusters.Of(target))
	var problems kubeconfig.Problems
	if errors.As(err, &problems) {
		return nil, []cluster.Note{{What: whatAPI, Why: problems[0].Text}}
	}
	if err == nil {
		err = live.ReadAuthority(&endpoint)
	}
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return nil, []cluster.Note{{What: whatAPI, Why: text}}
	}
	recorded := c.recorded(target.Name, "api.server")
	switch declared := c.declared[target.Name].API.Server; {
	case declared != "" && declared != endpoint.Server:
		return nil, nil
	case declared == "" && recorded != "" && recorded != endpoint.Server:
		return nil, []cluster.Note{{
			What: whatAPI,
			Why: fmt.Sprintf("%s contains another server, %s, which is kept; remove it from the file to use the context's",
				c.Workspace.Path(layout.Facts(target.Name)), recorded),
		}}
	}
	if path := c.recorded(target.Name, "api.certificateAuthority"); path != "" {
		return c.additionalAuthority(target, path, &endpoint)
	}
	return &endpoint, c.keepNext(target, &endpoint)
}

// additionalAuthority: the facts file refers to a file with the authority, which users write.
func (c *collector) additionalAuthority(
	target *v1alpha1.Cluster, path string, endpoint *kubeconfig.Context,
) (*kubeconfig.Context, []cluster.Note) {
	authority, declared := endpoint.CertificateAuthorityData, c.declared[target.Name].API.CertificateAuthorityData
	endpoint.CertificateAuthorityData = nil
	if declared == nil && trustsMore(authority, target.API.CertificateAuthorityData) {
		why := fmt.Sprintf("%s contains another CA", c.Workspace.Path(path))
		return endpoint, []cluster.Note{{What: whatAPI, Why: why}}
	}
	return endpoint, nil
}

// recorded returns the first value of a field in a cluster's facts file.
func (c *collector) recorded(name, field string) string {
	if values := c.recordedList(name, field); len(values) > 0 {
		return values[0]
	}
	return ""
}

func (c *collector) recordedList(name, field string) []string {
	return facts.Recorded(c.Workspace.Doc.Facts(name), field)
}
