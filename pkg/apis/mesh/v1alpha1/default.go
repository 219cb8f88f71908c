package v1alpha1

import (
	"cmp"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Names in Istio's charts and Solo's guides.
const (
	// IstioReaderAccount is the ServiceAccount of Istio's base chart (istio
	// manifests/charts/base/templates/reader-serviceaccount.yaml).
	IstioReaderAccount = "istio-reader-service-account"
	defaultNamespace   = "istio-system"
	soloGatewayHome    = "istio-eastwest"
)

// SetDefaults sets the fields that mesh leaves open, and those that a cluster inherits from the mesh, so that
// other code needs no defaults. It is pure and idempotent.
func SetDefaults(mesh *Mesh) {
	spec := &mesh.Spec
	spec.Discovery = cmp.Or(spec.Discovery, DiscoveryRemoteSecret)
	defaultFleet(&spec.Fleet, spec.Clusters)
	defaultCSM(spec)
	spec.Trust.Domain = cmp.Or(spec.Trust.Domain, "cluster.local")
	defaultCA(&spec.Trust.CA)
	managed := spec.Discovery == DiscoveryFleet
	spec.Istio.Managed = cmp.Or(spec.Istio.Managed, &managed)
	defaultIstio(&spec.Istio)
	defaultReader(&spec.Reader)
	defaultSealing(&spec.Sealing)
	defaultSample(&spec.Sample)
	defaultFirewall(&spec.Firewall)
	for i := range spec.Clusters {
		defaultCluster(&spec.Clusters[i], spec)
	}
}

func defaultIstio(istio *Istio) {
	istio.Distribution = cmp.Or(istio.Distribution, DistributionIstio)
	istio.Namespace = cmp.Or(istio.Namespace, defaultNamespace)
	istio.DataPlane = cmp.Or(istio.DataPlane, DataPlaneSidecar)
	istio.MeshNetworks = cmp.Or(istio.MeshNetworks, new(bool))
	istio.MulticlusterMode = cmp.Or(istio.MulticlusterMode, MulticlusterConnected)
}

func defaultSample(sample *Sample) {
	sample.Image = cmp.Or(sample.Image, upstream.SampleImage)
	sample.ClientImage = cmp.Or(sample.ClientImage, upstream.SampleClientImage)
}

// defaultFirewall: at priority 1000 GKE denies all access to the kubelet's read-only port, and at the same
// priority a deny rule takes precedence.
func defaultFirewall(firewall *Firewall) {
	firewall.Ports = cmp.Or(firewall.Ports, FirewallPortsMesh)
	if firewall.Priority == nil {
		priority := int32(1000)
		firewall.Priority = &priority
	}
	if len(firewall.Outputs) == 0 {
		firewall.Outputs = []FirewallOutput{FirewallGcloud}
	}
}

func defaultCA(ca *CA) {
	ca.Provider = cmp.Or(ca.Provider, CAProviderFiles)
	ca.Keys = cmp.Or(ca.Keys, CAKeysWorkspace)
	ca.MultiRoot = cmp.Or(ca.MultiRoot, new(true))
	if ca.IssuerRef != nil {
		ca.IssuerRef.Kind = cmp.Or(ca.IssuerRef.Kind, IssuerCluster)
	}
	if ca.External != nil {
		store := &ca.External.SecretStoreRef
		store.Kind = cmp.Or(store.Kind, StoreKindCluster)
	}
}

func defaultReader(reader *Reader) {
	reader.Auth = cmp.Or(reader.Auth, ReaderAuthToken)
	reader.AllowNonExpiring = cmp.Or(reader.AllowNonExpiring, new(bool))
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
	inheritSealing(&cluster.Sealing, spec.Sealing)
	if cluster.Gateway != nil {
		defaultGateway(cluster.Gateway, cluster)
	}
	if cluster.GKE != nil {
		defaultGKE(cluster.GKE, cluster.Name)
	}
	cluster.ClusterID = cmp.Or(cluster.ClusterID, csmID(cluster))
}

func inheritIstio(istio *Istio, from Istio) {
	istio.Distribution = cmp.Or(istio.Distribution, from.Distribution)
	istio.Version = cmp.Or(istio.Version, from.Version)
	istio.Namespace = cmp.Or(istio.Namespace, from.Namespace)
	istio.Revision = cmp.Or(istio.Revision, from.Revision)
	istio.DataPlane = cmp.Or(istio.DataPlane, from.DataPlane)
	istio.Managed = cmp.Or(istio.Managed, from.Managed)
	istio.Hub = cmp.Or(istio.Hub, from.Hub)
	istio.LicenseSecretRef = cmp.Or(istio.LicenseSecretRef, from.LicenseSecretRef)
	istio.MeshNetworks = cmp.Or(istio.MeshNetworks, from.MeshNetworks)
	istio.MulticlusterMode = cmp.Or(istio.MulticlusterMode, from.MulticlusterMode)
}

func inheritReader(reader *Reader, from Reader) {
	reader.Auth = cmp.Or(reader.Auth, from.Auth)
	reader.ServiceAccount = cmp.Or(reader.ServiceAccount, from.ServiceAccount)
	reader.External = cmp.Or(reader.External, from.External)
	reader.AllowNonExpiring = cmp.Or(reader.AllowNonExpiring, from.AllowNonExpiring)
	if reader.DiscoveryURL == "" { // both are set in the same place
		reader.DiscoveryURL = from.DiscoveryURL
		reader.DiscoveryCertificateAuthorityData = from.DiscoveryCertificateAuthorityData
	}
	defaultReader(reader)
}

func defaultGateway(gateway *Gateway, cluster *Cluster) {
	home, api := cluster.Istio.Namespace, GatewayAPIKubernetes
	if cluster.Istio.Distribution == DistributionSolo {
		home = soloGatewayHome
	}
	if cluster.ControlPlane != cluster.Name {
		api = GatewayAPIIstio
	}
	gateway.Namespace = cmp.Or(gateway.Namespace, home)
	gateway.Service = cmp.Or(gateway.Service, ServiceLoadBalancer)
	gateway.API = cmp.Or(gateway.API, api)
	gateway.Workload = cmp.Or(gateway.Workload, WorkloadEastWest)
	gateway.XDSPort = cmp.Or(gateway.XDSPort, 15012)
}

func defaultGKE(gke *GKE, name string) {
	gke.Cluster = cmp.Or(gke.Cluster, name)
	gke.NetworkProject = cmp.Or(gke.NetworkProject, gke.Project)
	gke.VPC = cmp.Or(gke.VPC, "default")
	if gke.AuthorizedNetworksEnabled == nil && len(gke.AuthorizedNetworks) > 0 {
		enabled := true
		gke.AuthorizedNetworksEnabled = &enabled
	}
	if gke.Membership != nil {
		gke.Membership.Name = cmp.Or(gke.Membership.Name, gke.Cluster)
	}
}

// defaultFleet sets the fleet of the clusters' memberships, if it is the same for all.
func defaultFleet(fleet *Fleet, clusters []Cluster) {
	var projects, numbers []string
	for _, cluster := range clusters {
		if cluster.GKE != nil && cluster.GKE.Membership != nil {
			projects = append(projects, cluster.GKE.Membership.Project)
			numbers = append(numbers, cluster.GKE.Membership.ProjectNumber)
		}
	}
	project, number := theOne(projects), theOne(numbers)
	if fleet.ProjectNumber == "" && (fleet.Project == "" || fleet.Project == project) {
		fleet.ProjectNumber = number
	}
	if fleet.Project == "" {
		fleet.Project = project
	}
}

// theOne returns the only value that is not empty, or an empty string if there are several.
func theOne(values []string) string {
	values = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return value == "" })
	slices.Sort(values)
	if values = slices.Compact(values); len(values) == 1 {
		return values[0]
	}
	return ""
}
