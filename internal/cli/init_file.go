package cli

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
	reader "sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// Comments that teach the next step.
const (
	commentFile = `yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-mesh/kubectl-mesh/main/pkg/apis/mesh/v1alpha1/mesh.schema.json

The mesh: which clusters form it, and who may call whom. What to do next:
  1. Read this file through. Is each address one that the other clusters reach?
  2. kubectl mesh validate
  3. kubectl mesh render --output-dir deploy     writes what each cluster gets; review it, commit it
  4. kubectl mesh render --cluster NAME --secrets=skip | kubectl --context CONTEXT apply --server-side -f -
     for each cluster: the readers; their API servers then fill in the tokens
  5. kubectl mesh render --cluster NAME          names the tokens that are missing, and how to fetch each
kubectl mesh explain FIELD tells what a field means, kubectl mesh explain spec which there are.`
	commentName     = "the mesh ID: global.meshID of Istio's charts, the same in every cluster"
	commentClusters = `Every cluster may call every other one. To say otherwise:
links:
- between: [east, west]     # both ways
- from: [edge]              # one way: edge may call east
  to: [east]
Pods of different networks reach each other through gateways. To say so, write
network: NAME on every cluster.`
	commentCluster = "the cluster ID: global.multiCluster.clusterName must be the same"
	commentServer  = "as the other clusters reach it"
	commentNoCA    = "no certificate authority in the kubeconfig: peers will accept public ones only"
)

// initialMesh writes a mesh.yaml. It is built as YAML nodes, which carry comments and quote
// whatever a kubeconfig holds.
func initialMesh(name string, contexts []kubeconfig.Context) ([]byte, error) {
	clusters := &yaml.Node{Kind: yaml.SequenceNode}
	for _, context := range contexts {
		clusters.Content = append(clusters.Content, clusterNode(context))
	}
	root := mapping{}
	root.add("apiVersion", scalar(v1alpha1.APIVersion))
	root.add("kind", scalar(v1alpha1.KindMesh))
	meta, spec := mapping{}, mapping{}
	meta.add("name", scalar(name)).LineComment = commentName
	root.add("metadata", meta.node())
	spec.add("clusters", clusters)
	spec.content[0].HeadComment = commentClusters
	root.add("spec", spec.node())
	document := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root.node()}, HeadComment: commentFile}

	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("encode mesh.yaml: %w", err)
	}
	return text.Bytes(), encoder.Close()
}

func clusterNode(context kubeconfig.Context) *yaml.Node {
	cluster, api := mapping{}, mapping{}
	cluster.add("name", scalar(context.ClusterName)).LineComment = commentCluster
	cluster.add("context", scalar(context.Name))
	platform := v1alpha1.Platform(context.Origin.Platform)
	switch platform {
	case v1alpha1.PlatformPlain:
	case v1alpha1.PlatformGKE, v1alpha1.PlatformEKS, v1alpha1.PlatformAKS, v1alpha1.PlatformOpenShift, v1alpha1.PlatformK3s:
		cluster.add("platform", scalar(string(platform)))
	}
	if locality := localityNode(context.Origin); locality != nil {
		cluster.add("locality", locality)
	}
	api.add("server", scalar(context.Server)).LineComment = commentServer
	if len(context.CertificateAuthorityData) > 0 {
		api.add("certificateAuthorityData", scalar(base64.StdEncoding.EncodeToString(context.CertificateAuthorityData)))
	} else {
		api.content[0].HeadComment = commentNoCA
	}
	api.addIf("tlsServerName", context.TLSServerName)
	api.addIf("proxyURL", context.ProxyURL)
	cluster.add("api", api.node())
	if gke := gkeNode(context); gke != nil {
		cluster.add("gke", gke)
	}
	return cluster.node()
}

// localityNode tells region and zone where the platform's name of the place tells them.
func localityNode(origin kubeconfig.Origin) *yaml.Node {
	locality := mapping{}
	match := regexp.MustCompile(`^([a-z]+(?:-[a-z]+)+-?[0-9]+)(-[a-z])?$`).FindStringSubmatch(origin.Location)
	if match == nil {
		return nil
	}
	locality.add("region", scalar(match[1]))
	if match[2] != "" {
		locality.add("zone", scalar(origin.Location))
	}
	return locality.node()
}

func gkeNode(context kubeconfig.Context) *yaml.Node {
	origin := context.Origin
	if origin.Platform != string(v1alpha1.PlatformGKE) || origin.Project == "" || origin.Location == "" {
		return nil
	}
	gke := mapping{}
	gke.add("project", scalar(origin.Project))
	gke.add("location", scalar(origin.Location))
	if origin.Cluster != context.ClusterName {
		gke.addIf("cluster", origin.Cluster)
	}
	return gke.node()
}

// mapping is a YAML mapping in the order in which its keys were added.
type mapping struct{ content []*yaml.Node }

func (m *mapping) add(key string, value *yaml.Node) *yaml.Node {
	m.content = append(m.content, scalar(key), value)
	return value
}

func (m *mapping) addIf(key, value string) {
	if value != "" {
		m.add(key, scalar(value))
	}
}

func (m *mapping) node() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: m.content} }

// scalar is a string whatever it looks like. The encoder knows YAML 1.2, where n and off are
// strings; those who read the file may take them for booleans.
func scalar(text string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(text)
	var read any
	if err := reader.Unmarshal([]byte(text), &read); err != nil || read != text {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
