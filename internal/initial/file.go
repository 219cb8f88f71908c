package initial

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/yamlnode"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// Comments that explain the next step.
const (
	commentFile = "yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-mesh/kubectl-mesh/main/" +
		"pkg/apis/mesh/v1alpha1/mesh.schema.json" + `

The mesh: its clusters, and which of them may call each other. Verify that the other clusters can reach each
API server address. kubectl mesh status prints the next command, kubectl mesh explain spec lists the fields.`
	commentName     = "mesh ID: global.meshID of Istio's charts, the same in every cluster"
	commentClusters = `Every cluster may call every other cluster. To restrict that, set links:
links:
- between: [east, west]     # both directions
- from: [edge]              # one direction: edge may call east
  to: [east]
Pods in different networks reach each other through gateways. To declare networks, set
network: NAME for every cluster.`
	commentReader  = "tokens of token Secrets never expire; rotate them: kubectl mesh credentials rotate"
	commentCluster = "cluster ID: global.multiCluster.clusterName of Istio's charts"
	commentServer  = "must be reachable from the other clusters"
	commentNoCA    = "no CA in the kubeconfig: peers accept only public CAs"
)

// initialMesh writes a mesh.yaml. It is built from YAML nodes, which support comments and quote any value of a
// kubeconfig.
func initialMesh(in Input, contexts []kubeconfig.Context) ([]byte, error) {
	clusters := &yaml.Node{Kind: yaml.SequenceNode}
	for _, context := range contexts {
		clusters.Content = append(clusters.Content, clusterNode(context))
	}
	root := yamlnode.Mapping{}
	root.Add("apiVersion", yamlnode.Scalar(v1alpha1.APIVersion))
	root.Add("kind", yamlnode.Scalar(v1alpha1.KindMesh))
	meta, spec := yamlnode.Mapping{}, yamlnode.Mapping{}
	name, err := meshName(in.Name, in.File)
	if err != nil {
		return nil, err
	}
	meta.Add("name", yamlnode.Scalar(name)).LineComment = commentName
	root.Add("metadata", meta.Node())
	if in.AllowNonExpiring {
		reader := yamlnode.Mapping{}
		reader.Add("allowNonExpiring", &yaml.Node{
			Kind:  yaml.ScalarNode,
			Tag:   "!!bool",
			Value: "true",
		}).LineComment = commentReader
		spec.Add("reader", reader.Node())
	}
	spec.Add("clusters", clusters)
	spec.Content[len(spec.Content)-2].HeadComment = commentClusters
	root.Add("spec", spec.Node())
	document := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root.Node()}, HeadComment: commentFile}

	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("encode mesh.yaml: %w", err)
	}
	return text.Bytes(), encoder.Close()
}

func clusterNode(context kubeconfig.Context) *yaml.Node {
	cluster, api := yamlnode.Mapping{}, yamlnode.Mapping{}
	cluster.Add("name", yamlnode.Scalar(context.ClusterName)).LineComment = commentCluster
	cluster.Add("context", yamlnode.Scalar(context.Name))
	platform := v1alpha1.Platform(context.Origin.Platform)
	switch platform {
	case v1alpha1.PlatformPlain:
	case v1alpha1.PlatformGKE, v1alpha1.PlatformEKS, v1alpha1.PlatformAKS,
		v1alpha1.PlatformOpenShift, v1alpha1.PlatformK3s:
		cluster.Add("platform", yamlnode.Scalar(string(platform)))
	}
	if locality := localityNode(context.Origin); locality != nil {
		cluster.Add("locality", locality)
	}
	api.Add("server", yamlnode.Scalar(context.Server)).LineComment = commentServer
	if len(context.CertificateAuthorityData) > 0 {
		authority := base64.StdEncoding.EncodeToString(context.CertificateAuthorityData)
		api.Add("certificateAuthorityData", yamlnode.Scalar(authority))
	} else {
		api.Content[0].HeadComment = commentNoCA
	}
	api.AddIf("tlsServerName", context.TLSServerName)
	api.AddIf("proxyURL", context.ProxyURL)
	cluster.Add("api", api.Node())
	if gke := gkeNode(context); gke != nil {
		cluster.Add("gke", gke)
	}
	return cluster.Node()
}

// localityNode derives region and zone from the platform's location.
func localityNode(origin kubeconfig.Origin) *yaml.Node {
	locality := yamlnode.Mapping{}
	match := regexp.MustCompile(`^([a-z]+(?:-[a-z]+)+-?[0-9]+)(-[a-z])?$`).FindStringSubmatch(origin.Location)
	if match == nil {
		return nil
	}
	locality.Add("region", yamlnode.Scalar(match[1]))
	if match[2] != "" {
		locality.Add("zone", yamlnode.Scalar(origin.Location))
	}
	return locality.Node()
}

func gkeNode(context kubeconfig.Context) *yaml.Node {
	origin := context.Origin
	if origin.Platform != string(v1alpha1.PlatformGKE) || origin.Project == "" || origin.Location == "" {
		return nil
	}
	gke := yamlnode.Mapping{}
	gke.Add("project", yamlnode.Scalar(origin.Project))
	gke.Add("location", yamlnode.Scalar(origin.Location))
	if origin.Cluster != context.ClusterName {
		gke.AddIf("cluster", origin.Cluster)
	}
	return gke.Node()
}
