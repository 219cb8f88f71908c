package render

import (
	"bytes"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// istioOperator has the required fields of an IstioOperator (istio operator/pkg/apis). It is a file for asmcli's
// --custom_overlay, not an object.
type istioOperator struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Spec       istioOperatorSpec `json:"spec"`
}

type istioOperatorSpec struct {
	MeshConfig asmcliMeshConfig `json:"meshConfig"`
	Values     asmcliValues     `json:"values"`
}

type asmcliMeshConfig struct {
	TrustDomain        string   `json:"trustDomain"`
	TrustDomainAliases []string `json:"trustDomainAliases,omitempty"`
}

type asmcliValues struct {
	Global asmcliGlobal `json:"global"`
}

type asmcliGlobal struct {
	MultiCluster asmcliCluster `json:"multiCluster"`
	Network      string        `json:"network,omitempty"`
}

type asmcliCluster struct {
	ClusterName string `json:"clusterName"`
}

// byAsmcli reports whether Google's installer installs a cluster's control plane.
func byAsmcli(cluster *v1alpha1.Cluster) bool {
	return cluster.Istio.Distribution == v1alpha1.DistributionCSM &&
		!*cluster.Istio.Managed && cluster.ControlPlane == cluster.Name
}

// asmcliFiles override defaults that asmcli derives from the cluster's project: clusters of two projects on one Shared
// VPC would be in two networks, and each would trust only the identities of its own project and of the fleet.
func (in Input) asmcliFiles(cluster *v1alpha1.Cluster) ([]layout.File, error) {
	if !byAsmcli(cluster) {
		return nil, nil
	}
	text, err := manifest.Encode(istioOperator{
		APIVersion: "install.istio.io/v1alpha1",
		Kind:       "IstioOperator",
		Spec: istioOperatorSpec{
			MeshConfig: asmcliMeshConfig{
				TrustDomain:        cluster.TrustDomain,
				TrustDomainAliases: helm.Aliases(in.Mesh, in.Graph, cluster),
			},
			Values: asmcliValues{Global: asmcliGlobal{
				MultiCluster: asmcliCluster{ClusterName: cluster.ID()},
				Network:      cluster.Network,
			}},
		},
	})
	if err != nil {
		return nil, err
	}
	const comment = "# For asmcli's flag --custom_overlay: cluster ID, network ID and trust domains.\n"
	return []layout.File{{
		Path:    layout.AsmcliOverlay(cluster.Name),
		Content: bytes.Join([][]byte{[]byte(header + comment), text}, nil),
	}}, nil
}
