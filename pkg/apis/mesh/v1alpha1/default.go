package v1alpha1

import "cmp"

// Names that Istio's charts and Solo's guides give.
const (
	// IstioReaderAccount is the ServiceAccount of Istio's base chart (istio
	// manifests/charts/base/templates/reader-serviceaccount.yaml).
	IstioReaderAccount = "istio-reader-service-account"
	defaultNamespace   = "istio-system"
	soloGatewayHome    = "istio-eastwest"
)

// SetDefaults fills in what mesh leaves open, and what a cluster inherits from the mesh, so
// that no reader of a Mesh asks "or else?" again. It is pure and idempotent.
func SetDefaults(mesh *Mesh) {
	spec := &mesh.Spec
	spec.Discovery = cmp.Or(spec.Discovery, DiscoveryRemoteSecret)
	spec.Trust.Domain = cmp.Or(spec.Trust.Domain, "cluster.local")
	spec.Trust.CA.Provider = cmp.Or(spec.Trust.CA.Provider, CAProviderFiles)
	defaultIstio(&spec.Istio)
	defaultReader(&spec.Reader)
	for i := range spec.Clusters {
		defaultCluster(&spec.Clusters[i], spec)
	}
}

func defaultIstio(istio *Istio) {
	istio.Distribution = cmp.Or(istio.Distribution, DistributionIstio)
	istio.Namespace = cmp.Or(istio.Namespace, defaultNamespace)
	istio.DataPlane = cmp.Or(istio.DataPlane, DataPlaneSidecar)
	istio.Managed = cmp.Or(istio.Managed, new(bool))
}

func defaultReader(reader *Reader) {
	reader.Auth = cmp.Or(reader.Auth, ReaderAuthToken)
	if reader.External != nil {
		store := &reader.External.SecretStoreRef
		store.Kind = cmp.Or(store.Kind, StoreKindCluster)
	}
}

func defaultCluster(cluster *Cluster, spec *MeshSpec) {
	cluster.ControlPlane = cmp.Or(cluster.ControlPlane, cluster.Name)
	cluster.TrustDomain = cmp.Or(cluster.TrustDomain, spec.Trust.Domain)
	inheritIstio(&cluster.Istio, spec.Istio)
	inheritReader(&cluster.Reader, spec.Reader)
	if cluster.Gateway != nil {
		defaultGateway(cluster.Gateway, cluster.Istio)
	}
	if cluster.GKE != nil {
		defaultGKE(cluster.GKE, cluster.Name)
	}
}

func inheritIstio(istio *Istio, from Istio) {
	istio.Distribution = cmp.Or(istio.Distribution, from.Distribution)
	istio.Version = cmp.Or(istio.Version, from.Version)
	istio.Namespace = cmp.Or(istio.Namespace, from.Namespace)
	istio.Revision = cmp.Or(istio.Revision, from.Revision)
	istio.DataPlane = cmp.Or(istio.DataPlane, from.DataPlane)
	istio.Managed = cmp.Or(istio.Managed, from.Managed)
}

func inheritReader(reader *Reader, from Reader) {
	reader.Auth = cmp.Or(reader.Auth, from.Auth)
	reader.ServiceAccount = cmp.Or(reader.ServiceAccount, from.ServiceAccount)
	reader.External = cmp.Or(reader.External, from.External)
	defaultReader(reader)
}

func defaultGateway(gateway *Gateway, istio Istio) {
	home := istio.Namespace
	if istio.Distribution == DistributionSolo {
		home = soloGatewayHome
	}
	gateway.Namespace = cmp.Or(gateway.Namespace, home)
	gateway.Service = cmp.Or(gateway.Service, ServiceLoadBalancer)
	gateway.API = cmp.Or(gateway.API, GatewayAPIKubernetes)
}

func defaultGKE(gke *GKE, name string) {
	gke.Cluster = cmp.Or(gke.Cluster, name)
	gke.NetworkProject = cmp.Or(gke.NetworkProject, gke.Project)
	gke.VPC = cmp.Or(gke.VPC, "default")
	gke.Endpoint = cmp.Or(gke.Endpoint, EndpointPublic)
}
