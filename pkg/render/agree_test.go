package render_test

import (
	"path"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// chartValues are what values files say of a cluster, whichever chart they are for.
type chartValues struct {
	Global struct {
		MeshID       string `json:"meshID"`
		Network      string `json:"network"`
		MultiCluster named  `json:"multiCluster"`
	} `json:"global"`
	IstiodRemote struct {
		InjectionPath string `json:"injectionPath"`
	} `json:"istiodRemote"`
	MeshConfig struct {
		TrustDomain string `json:"trustDomain"`
	} `json:"meshConfig"`
	MultiCluster   named  `json:"multiCluster"`
	Network        string `json:"network"`
	NetworkGateway string `json:"networkGateway"`
	Revision       string `json:"revision"`
}

type named struct {
	ClusterName string `json:"clusterName"`
}

// rendered is what manifests say of a cluster.
type rendered struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		GatewayClassName string `json:"gatewayClassName"`
		Target           struct {
			Template struct {
				Data map[string]string `json:"data"`
			} `json:"template"`
		} `json:"target"`
	} `json:"spec"`
	StringData map[string]string `json:"stringData"`
}

const (
	networkLabel = "topology.istio.io/network"
	clusterLabel = "topology.istio.io/cluster"
)

// Values and manifests are read back: what a chart learns of a cluster is what remote secrets,
// labels and gateways say of it, in its own overlay and in those of others.
func TestValuesAgreeWithManifests(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		files := map[string][]byte{}
		for _, file := range deploy(t, s.Input).Files {
			files[file.Path] = file.Content
		}
		for _, name := range s.clusters() {
			if istiod, ok := readValues(t, files, name, "istiod"); ok {
				checkOwn(t, s, files, name, istiod)
				for _, other := range s.clusters() {
					checkMentions(t, s, other, name, istiod)
				}
			}
		}
	})
}

func readValues(t *testing.T, files map[string][]byte, cluster, chart string) (chartValues, bool) {
	t.Helper()
	var values chartValues
	text, ok := files[path.Join("helm", cluster, chart+".yaml")]
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Errorf("%s of %s: %v", chart, cluster, err)
	}
	return values, ok
}

// checkOwn compares the values of a cluster with each other and with its own overlay.
func checkOwn(t *testing.T, s scenario, files map[string][]byte, name string, istiod chartValues) {
	t.Helper()
	same(t, name, "cluster ID", istiod.Global.MultiCluster.ClusterName, name)
	same(t, name, "mesh ID", istiod.Global.MeshID, s.Mesh.Metadata.Name)
	if injection := istiod.IstiodRemote.InjectionPath; injection != "" {
		want := "/inject/cluster/" + name
		if istiod.Global.Network != "" {
			want += "/net/" + istiod.Global.Network
		}
		same(t, name, "injection path", injection, want)
	}
	if ztunnel, ok := readValues(t, files, name, "ztunnel"); ok {
		same(t, name, "cluster ID of ztunnel", ztunnel.MultiCluster.ClusterName, name)
		same(t, name, "network of ztunnel", ztunnel.Network, istiod.Global.Network)
		same(t, name, "revision of ztunnel", ztunnel.Revision, istiod.Revision)
	}
	if gateway, ok := readValues(t, files, name, "gateway"); ok && gateway.NetworkGateway != "" {
		same(t, name, "network of the gateway", gateway.NetworkGateway, istiod.Global.Network)
	}
	for _, object := range objectsOf(t, s, name) {
		switch {
		case object.Kind == "Namespace" && object.Metadata.Name == "istio-system":
			same(t, name, "network of the namespace", object.Metadata.Labels[networkLabel], istiod.Global.Network)
		case object.Kind == "Gateway" && object.Spec.GatewayClassName != "istio-remote" && object.Metadata.Labels[networkLabel] != "":
			same(t, name, "network of the Gateway", object.Metadata.Labels[networkLabel], istiod.Global.Network)
			same(t, name, "revision of the Gateway", object.Metadata.Labels["istio.io/rev"], istiod.Revision)
		}
	}
}

// checkMentions compares what the overlay of another cluster says of this one.
func checkMentions(t *testing.T, s scenario, other, name string, istiod chartValues) {
	t.Helper()
	for _, object := range objectsOf(t, s, other) {
		switch object.Metadata.Name {
		case access.RemoteSecret(name):
			data := object.StringData
			if object.Kind == "ExternalSecret" {
				data = object.Spec.Target.Template.Data
			}
			for key := range data {
				same(t, name, "key of the remote secret in "+other, key, istiod.Global.MultiCluster.ClusterName)
			}
			if !strings.Contains(data[name], "current-context: ") {
				t.Errorf("%s: no kubeconfig in the remote secret in %s", name, other)
			}
		case access.PeerGateway(name):
			same(t, name, "cluster of the peer in "+other, object.Metadata.Labels[clusterLabel], istiod.Global.MultiCluster.ClusterName)
			same(t, name, "network of the peer in "+other, object.Metadata.Labels[networkLabel], istiod.Global.Network)
			if domain, said := object.Metadata.Annotations["gateway.istio.io/trust-domain"]; said {
				same(t, name, "trust domain of the peer in "+other, domain, istiod.MeshConfig.TrustDomain)
			}
		}
	}
}

func objectsOf(t *testing.T, s scenario, cluster string) []rendered {
	t.Helper()
	stream := yamlOf(t, compile(t, s.Input, cluster, render.Options{Secrets: true}))
	var objects []rendered
	for doc := range strings.SplitSeq(string(stream), "\n---\n") {
		var object rendered
		if err := yaml.Unmarshal([]byte(doc), &object); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
	return objects
}

func same(t *testing.T, cluster, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s is %q, want %q", cluster, what, got, want)
	}
}
