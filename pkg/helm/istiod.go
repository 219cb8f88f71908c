package helm

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// istiodValues are the values of chart istiod: of a control plane, or of what refers to another one.
type istiodValues struct {
	Env          map[string]string `json:"env,omitempty"`
	Global       istiodGlobal      `json:"global"`
	IstiodRemote *istiodRemote     `json:"istiodRemote,omitempty"`
	License      *license          `json:"license,omitempty"`
	MeshConfig   meshConfig        `json:"meshConfig"`
	Pilot        *pilot            `json:"pilot,omitempty"`
	Platforms    *platforms        `json:"platforms,omitempty"`
	Profile      string            `json:"profile,omitempty"`
	Revision     string            `json:"revision,omitempty"`
	// Trusted is ztunnel's namespace, if it is not istiod's.
	Trusted      string        `json:"trustedZtunnelNamespace,omitempty"`
	VolumeMounts []volumeMount `json:"volumeMounts,omitempty"`
	Volumes      []volume      `json:"volumes,omitempty"`
}

type istiodGlobal struct {
	ExternalIstiod     bool                   `json:"externalIstiod,omitempty"`
	Hub                string                 `json:"hub,omitempty"`
	IstioNamespace     string                 `json:"istioNamespace"`
	MeshID             string                 `json:"meshID"`
	MeshNetworks       map[string]meshNetwork `json:"meshNetworks,omitempty"`
	MultiCluster       multiCluster           `json:"multiCluster"`
	Network            string                 `json:"network,omitempty"`
	Platform           string                 `json:"platform,omitempty"`
	RemotePilotAddress string                 `json:"remotePilotAddress,omitempty"`
	Tag                string                 `json:"tag,omitempty"`
}

type multiCluster struct {
	ClusterName string `json:"clusterName"`
}

type istiodRemote struct {
	InjectionPath string `json:"injectionPath"`
}

// license is a reference; the licence itself is in a Secret.
type license struct {
	SecretRef v1alpha1.SecretRef `json:"secretRef"`
}

type meshConfig struct {
	DefaultConfig      *proxyConfig `json:"defaultConfig,omitempty"`
	TrustDomain        string       `json:"trustDomain"`
	TrustDomainAliases []string     `json:"trustDomainAliases,omitempty"`
}

type proxyConfig struct {
	ProxyMetadata map[string]string `json:"proxyMetadata"`
}

type pilot struct {
	CNI pilotCNI `json:"cni,omitzero"`
	// Env, VolumeMounts and Volumes are here for charts that read them only here.
	Env          map[string]string `json:"env,omitempty"`
	VolumeMounts []volumeMount     `json:"volumeMounts,omitempty"`
	Volumes      []volume          `json:"volumes,omitempty"`
}

type pilotCNI struct {
	Enabled   bool   `json:"enabled"`
	Namespace string `json:"namespace,omitempty"`
}

type platforms struct {
	Peering peering `json:"peering"`
}

type peering struct {
	Enabled bool `json:"enabled"`
}

func (v values) istiod() Chart {
	chart := Chart{Name: "istiod", Release: "istiod", Namespace: v.cluster.Istio.Namespace}
	if v.cluster.Istio.Revision != "" {
		chart.Release += "-" + v.cluster.Istio.Revision
	}
	istiod := istiodValues{
		Global: istiodGlobal{
			IstioNamespace: v.cluster.Istio.Namespace,
			MeshID:         v.Spec.Metadata.Name,
			MultiCluster:   multiCluster{ClusterName: v.cluster.ID()},
			Network:        v.cluster.Network,
			Platform:       v.platform(),
			Hub:            Hub(v.cluster),
			Tag:            v.tag(),
		},
		MeshConfig: meshConfig{TrustDomain: v.cluster.TrustDomain, TrustDomainAliases: v.aliases()},
		Profile:    v.profile(),
		Revision:   v.cluster.Istio.Revision,
	}
	if v.remote() {
		chart.Comment = "This cluster has no control plane: the chart installs access to that of " +
			v.cluster.ControlPlane + "."
		chart.Entrance = v.leadToPrimary(&istiod)
	} else {
		istiod.Env = v.env()
		istiod.Volumes, istiod.VolumeMounts = v.tokenVolumes()
		istiod.Global.MeshNetworks = v.meshNetworks()
		istiod.Global.ExternalIstiod = v.Graph.Exposure(v.cluster.Name).Remotes
	}
	if v.solo() {
		v.addSolo(&istiod)
	}
	if !v.cluster.Istio.Release().Has(upstream.FlatValues) {
		istiod.nest()
	}
	chart.Values = istiod
	return chart
}

// nest moves below pilot what older charts ignore elsewhere.
func (i *istiodValues) nest() {
	if i.Env == nil && i.Volumes == nil {
		return
	}
	if i.Pilot == nil {
		i.Pilot = &pilot{}
	}
	i.Pilot.Env, i.Pilot.Volumes, i.Pilot.VolumeMounts = i.Env, i.Volumes, i.VolumeMounts
	i.Env, i.Volumes, i.VolumeMounts = nil, nil, nil
}

// leadToPrimary refers to the primary. The webhook's path contains the cluster and network of the pods here, which
// would otherwise be the primary's (istio pkg/kube/inject/webhook.go). It returns the primary if its address is
// unknown.
func (v values) leadToPrimary(istiod *istiodValues) (unaddressed *v1alpha1.Cluster) {
	if primary, known := v.Graph.Cluster(v.cluster.ControlPlane); known {
		if addresses := primary.EastWest().Addresses; len(addresses) > 0 {
			istiod.Global.RemotePilotAddress = addresses[0]
		} else {
			unaddressed = primary
		}
	}
	istiod.IstiodRemote = &istiodRemote{InjectionPath: InjectionPath(v.cluster)}
	return unaddressed
}

// InjectionPath returns the path at another cluster's control plane that a cluster's webhook calls.
func InjectionPath(cluster *v1alpha1.Cluster) string {
	path := "/inject/cluster/" + cluster.ID()
	if cluster.Network != "" {
		path += "/net/" + strings.ReplaceAll(cluster.Network, "/", "--slash--")
	}
	return path
}

func (v values) aliases() []string { return Aliases(v.Spec, v.Graph, v.cluster) }

// Aliases returns the mesh's other trust domains: each cluster accepts those of all others.
func Aliases(mesh *v1alpha1.Mesh, graph *topology.Graph, of *v1alpha1.Cluster) []string {
	domains := slices.Clone(mesh.Spec.Trust.DomainAliases)
	if len(domains) > 0 {
		domains = append(domains, graph.TrustDomains()...)
	}
	slices.Sort(domains)
	return slices.DeleteFunc(slices.Compact(domains), func(domain string) bool { return domain == of.TrustDomain })
}
