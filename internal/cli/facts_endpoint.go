package cli

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

const whatAPI = "api of the context"

// endpointFacts reads the API server's address and authority from the context. They belong
// together, and peers may need another address than this desk: where a person has written one,
// in mesh.yaml or in the facts file, nothing of the context is taken over.
func (c *collector) endpointFacts(target *v1alpha1.Cluster) (*kubeconfig.Context, []cluster.Note) {
	contexts, err := kubeconfig.Contexts(*c.raw, []string{c.contextOf(target)})
	var problems kubeconfig.Problems
	if errors.As(err, &problems) {
		return nil, []cluster.Note{{What: whatAPI, Why: problems[0].Text}}
	}
	if err == nil {
		err = readAuthority(&contexts[0])
	}
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return nil, []cluster.Note{{What: whatAPI, Why: text}}
	}
	endpoint, recorded := &contexts[0], c.recorded(target.Name, "api.server")
	switch declared := c.declared[target.Name].API.Server; {
	case declared != "" && declared != endpoint.Server:
		return nil, nil
	case declared == "" && recorded != "" && recorded != endpoint.Server:
		return nil, []cluster.Note{{What: whatAPI, Why: fmt.Sprintf("%s has another server, %s, and keeps it; to have it replaced, remove it there",
			c.ws.path(mesh.FactsFile(target.Name)), recorded)}}
	}
	if path := c.recorded(target.Name, "api.certificateAuthority"); path != "" {
		return c.besideAuthority(target, path, endpoint)
	}
	return endpoint, nil
}

// besideAuthority: the facts file names a file with the authority, which says all there is to
// say, and is not ours to write.
func (c *collector) besideAuthority(target *v1alpha1.Cluster, path string, endpoint *kubeconfig.Context) (*kubeconfig.Context, []cluster.Note) {
	authority := endpoint.CertificateAuthorityData
	endpoint.CertificateAuthorityData = nil
	if len(authority) > 0 && c.declared[target.Name].API.CertificateAuthorityData == nil && !bytes.Equal(authority, target.API.CertificateAuthorityData) {
		return endpoint, []cluster.Note{{What: whatAPI, Why: fmt.Sprintf("%s holds another certificate authority", c.ws.path(path))}}
	}
	return endpoint, nil
}

// recorded is the first value that the facts file of a cluster has for a field.
func (c *collector) recorded(name, field string) string {
	if values := c.recordedList(name, field); len(values) > 0 {
		return values[0]
	}
	return ""
}

func (c *collector) recordedList(name, field string) []string {
	return recordedValues(c.ws.doc.Facts(name), field)
}

// recordedValues is what the text of a facts file has for a field.
func recordedValues(text []byte, field string) []string {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return nil
	}
	return valuesAt(document.Content[0], append([]string{"spec"}, strings.Split(field, ".")...))
}
