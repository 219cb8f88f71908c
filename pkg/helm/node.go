package helm

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"

// cniValues are the values of chart cni, the plugin that redirects the traffic of pods.
type cniValues struct {
	Ambient           *cniAmbient `json:"ambient,omitempty"`
	CNIBinDir         string      `json:"cniBinDir,omitempty"`
	ExcludeNamespaces []string    `json:"excludeNamespaces,omitempty"`
	Global            nodeGlobal  `json:"global,omitzero"`
	Profile           string      `json:"profile,omitempty"`
}

type cniAmbient struct {
	DNSCapture bool `json:"dnsCapture"`
}

type nodeGlobal struct {
	Hub      string `json:"hub,omitempty"`
	Platform string `json:"platform,omitempty"`
	Tag      string `json:"tag,omitempty"`
}

func (v values) nodeGlobal() nodeGlobal {
	return nodeGlobal{Hub: Hub(v.cluster), Platform: v.platform(), Tag: v.tag()}
}

// cni: on GKE the chart derives the directory from the Kubernetes version, which `helm template` does not know.
func (v values) cni() Chart {
	cni := cniValues{Global: v.nodeGlobal()}
	if v.ambient() {
		cni.Profile = "ambient"
	}
	if v.cluster.Platform == v1alpha1.PlatformGKE {
		cni.CNIBinDir = "/home/kubernetes/bin"
	}
	if v.peering() {
		cni.Ambient = &cniAmbient{DNSCapture: true}
		cni.ExcludeNamespaces = []string{v.cluster.Istio.Namespace, "kube-system"}
	}
	return Chart{Name: "cni", Release: "istio-cni", Namespace: v.nodeNamespace(), Values: cni}
}

// ztunnelValues are the values of chart ztunnel, the proxy of a node. It gets the trust domain from its control plane.
type ztunnelValues struct {
	Env            map[string]string `json:"env,omitempty"`
	Global         ztunnelGlobal     `json:"global,omitzero"`
	Hub            string            `json:"hub,omitempty"`
	IstioNamespace string            `json:"istioNamespace"`
	MultiCluster   multiCluster      `json:"multiCluster"`
	Network        string            `json:"network,omitempty"`
	Profile        string            `json:"profile,omitempty"`
	Revision       string            `json:"revision,omitempty"`
	Tag            string            `json:"tag,omitempty"`
}

type ztunnelGlobal struct {
	Platform string `json:"platform,omitempty"`
}

func (v values) ztunnel() Chart {
	ztunnel := ztunnelValues{
		Global: ztunnelGlobal{Platform: v.platform()},
		Hub:    Hub(v.cluster), Tag: v.tag(),
		IstioNamespace: v.cluster.Istio.Namespace,
		MultiCluster:   multiCluster{ClusterName: v.cluster.ID()},
		Network:        v.cluster.Network,
		Profile:        "ambient",
		Revision:       v.cluster.Istio.Revision,
	}
	if v.peering() {
		ztunnel.Env = map[string]string{"L7_ENABLED": "true"}
		if len(v.Graph.TrustDomains()) > 1 {
			ztunnel.Env["SKIP_VALIDATE_TRUST_DOMAIN"] = "true"
		}
	}
	return Chart{Name: "ztunnel", Release: "ztunnel", Namespace: v.nodeNamespace(), Values: ztunnel}
}
