package v1alpha1_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestSetDefaults(t *testing.T) {
	mesh := pair(east(func(c *v1alpha1.Cluster) {
		c.Gateway, c.GKE = &v1alpha1.Gateway{}, &v1alpha1.GKE{Project: "acme-prod", Location: "us-east1"}
	}))
	v1alpha1.SetDefaults(mesh)
	const want = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata:
  name: shop
spec:
  clusters:
  - api: {}
    controlPlane: east
    gateway:
      api: gateway-api
      namespace: istio-system
      service: LoadBalancer
      workload: eastwestgateway
      xdsPort: 15012
    gke:
      cluster: east
      location: us-east1
      networkProject: acme-prod
      project: acme-prod
      vpc: default
    istio:
      dataPlane: sidecar
      distribution: istio
      managed: false
      meshNetworks: false
      multiclusterMode: connected
      namespace: istio-system
    name: east
    reader:
      allowNonExpiring: false
      auth: token
    sealing:
      format: none
    trustDomain: cluster.local
  - api: {}
    controlPlane: west
    istio:
      dataPlane: sidecar
      distribution: istio
      managed: false
      meshNetworks: false
      multiclusterMode: connected
      namespace: istio-system
    name: west
    reader:
      allowNonExpiring: false
      auth: token
    sealing:
      format: none
    trustDomain: cluster.local
  discovery: remoteSecret
  firewall:
    outputs:
    - gcloud
    ports: mesh
    priority: 1000
  istio:
    dataPlane: sidecar
    distribution: istio
    managed: false
    meshNetworks: false
    multiclusterMode: connected
    namespace: istio-system
  reader:
    allowNonExpiring: false
    auth: token
  sample:
    clientImage: docker.io/curlimages/curl:8.16.0
    image: docker.io/istio/examples-helloworld-v1:1.0
  sealing:
    format: none
  trust:
    ca:
      keys: workspace
      multiRoot: true
      provider: files
    domain: cluster.local
`
	if diff := cmp.Diff(want, text(t, mesh)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func text(t *testing.T, mesh *v1alpha1.Mesh) string {
	t.Helper()
	text, err := yaml.Marshal(mesh)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rich is a mesh in which every default is said differently, for the mesh and for east.
func rich() *v1alpha1.Mesh {
	return pair(func(m *v1alpha1.Mesh) {
		m.Spec.Discovery = v1alpha1.DiscoveryPeering
		m.Spec.Trust = v1alpha1.Trust{Domain: "shop.example", CA: v1alpha1.CA{Provider: v1alpha1.CAProviderNone}}
		m.Spec.Istio = v1alpha1.Istio{
			Distribution: v1alpha1.DistributionSolo, Version: "1.30.2", Namespace: "mesh", Revision: "1-30-2",
			DataPlane: v1alpha1.DataPlaneAmbient, Managed: new(true), Hub: "registry.example.com/solo",
			LicenseSecretRef: &v1alpha1.SecretRef{Name: "solo-license"}, MeshNetworks: new(true), MulticlusterMode: v1alpha1.MulticlusterManual,
		}
		m.Spec.Trust.CA = v1alpha1.CA{
			Provider: v1alpha1.CAProviderExternal, Keys: v1alpha1.CAKeysCluster, MultiRoot: new(false), IssuerRef: &v1alpha1.IssuerRef{Name: "mesh"},
			External: &v1alpha1.ExternalStore{SecretStoreRef: v1alpha1.SecretStoreRef{Name: "mesh"}},
		}
		m.Spec.Sample = v1alpha1.Sample{Image: "registry.example.com/hello:1", ClientImage: "registry.example.com/curl:8"}
		m.Spec.Firewall = v1alpha1.Firewall{
			Ports: v1alpha1.FirewallPortsAll, Priority: new(int32(900)), Outputs: []v1alpha1.FirewallOutput{v1alpha1.FirewallCSV},
		}
		m.Spec.Reader = v1alpha1.Reader{
			Auth: v1alpha1.ReaderAuthExternal, ServiceAccount: "mesh-reader", AllowNonExpiring: new(true),
			External: &v1alpha1.ExternalStore{SecretStoreRef: v1alpha1.SecretStoreRef{Name: "mesh"}},
		}
		m.Spec.Sealing = v1alpha1.Sealing{
			Format: v1alpha1.SealingSOPS, Age: v1alpha1.AgeSealing{Recipients: []string{"age1recovery"}},
			SealedSecrets: v1alpha1.SealedSecretsSealing{CertificateData: []byte("mesh"), CertificateSHA256: "00"},
		}
	}, east(func(c *v1alpha1.Cluster) {
		c.ControlPlane, c.TrustDomain = "west", "east.example"
		c.Istio = v1alpha1.Istio{
			Distribution: v1alpha1.DistributionIstio, Version: "1.29.0", Namespace: "istio-east", Revision: "1-29-0",
			DataPlane: v1alpha1.DataPlaneSidecar, Managed: new(false), Hub: "registry.example.com/istio",
			LicenseSecretRef: &v1alpha1.SecretRef{Name: "east-license", Namespace: "licenses"}, MeshNetworks: new(false), MulticlusterMode: v1alpha1.MulticlusterConnected,
		}
		c.Reader = v1alpha1.Reader{
			Auth: v1alpha1.ReaderAuthToken, ServiceAccount: "east-reader", AllowNonExpiring: new(false),
			External: &v1alpha1.ExternalStore{SecretStoreRef: v1alpha1.SecretStoreRef{Kind: v1alpha1.StoreKindNamespaced, Name: "east"}},
		}
		c.Sealing = v1alpha1.Sealing{
			Format: v1alpha1.SealingSealedSecrets, Age: v1alpha1.AgeSealing{Recipients: []string{"age1east", "age1recovery"}},
			SealedSecrets: v1alpha1.SealedSecretsSealing{CertificateData: []byte("east"), CertificateSHA256: "01"},
		}
		c.Gateway = &v1alpha1.Gateway{Service: v1alpha1.ServiceNodePort, Namespace: "ingress", API: v1alpha1.GatewayAPIIstio, PeerGateway: true,
			Workload: v1alpha1.WorkloadIngress, XDSPort: 30016}
		c.GKE = &v1alpha1.GKE{
			Project: "acme-prod", Location: "us-east1", Cluster: "e", NetworkProject: "acme-network", VPC: "mesh", Endpoint: v1alpha1.EndpointDNS,
		}
	}))
}

// TestSetDefaultsKeepsWhatIsSaid: east says everything, so nothing of it may change.
func TestSetDefaultsKeepsWhatIsSaid(t *testing.T) {
	mesh := rich()
	v1alpha1.SetDefaults(mesh)
	want := rich().Spec
	want.Reader.External.SecretStoreRef.Kind = v1alpha1.StoreKindCluster
	want.Trust.CA.External.SecretStoreRef.Kind = v1alpha1.StoreKindCluster
	want.Trust.CA.IssuerRef.Kind = v1alpha1.IssuerCluster
	want.Clusters, mesh.Spec.Clusters = want.Clusters[:1], mesh.Spec.Clusters[:1]
	if diff := cmp.Diff(want, mesh.Spec); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSetDefaultsInherits: west says nothing, so it has what the mesh has.
func TestSetDefaultsInherits(t *testing.T) {
	mesh := rich()
	v1alpha1.SetDefaults(mesh)
	want := v1alpha1.Cluster{Name: "west", ClusterSpec: v1alpha1.ClusterSpec{
		ControlPlane: "west", TrustDomain: "shop.example", Istio: mesh.Spec.Istio, Reader: mesh.Spec.Reader, Sealing: mesh.Spec.Sealing,
	}}
	if diff := cmp.Diff(want, mesh.Spec.Clusters[1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSetDefaultsInheritsFieldByField: what a cluster says of istio, reader and sealing leaves the
// rest as it is in the mesh; recipients are united, sorted, each once.
func TestSetDefaultsInheritsFieldByField(t *testing.T) {
	mesh := rich()
	mesh.Spec.Clusters[1].Istio = v1alpha1.Istio{Version: "1.28.0", Managed: new(false)}
	mesh.Spec.Clusters[1].Reader = v1alpha1.Reader{Auth: v1alpha1.ReaderAuthToken}
	mesh.Spec.Clusters[1].Sealing = v1alpha1.Sealing{Age: v1alpha1.AgeSealing{Recipients: []string{"age1west", "age1recovery", "age1abc"}}}
	v1alpha1.SetDefaults(mesh)
	want := v1alpha1.ClusterSpec{ControlPlane: "west", TrustDomain: "shop.example", Istio: mesh.Spec.Istio, Reader: mesh.Spec.Reader, Sealing: mesh.Spec.Sealing}
	want.Sealing.Age.Recipients = []string{"age1abc", "age1recovery", "age1west"}
	want.Istio.Version, want.Istio.Managed = "1.28.0", new(false)
	want.Reader.Auth = v1alpha1.ReaderAuthToken
	if diff := cmp.Diff(want, mesh.Spec.Clusters[1].ClusterSpec); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSetDefaultsIsIdempotent(t *testing.T) {
	for name, make := range map[string]func() *v1alpha1.Mesh{
		"nothing said":    func() *v1alpha1.Mesh { return &v1alpha1.Mesh{} },
		"little said":     func() *v1alpha1.Mesh { return pair() },
		"everything said": rich,
	} {
		t.Run(name, func(t *testing.T) {
			once, twice := make(), make()
			v1alpha1.SetDefaults(once)
			v1alpha1.SetDefaults(twice)
			v1alpha1.SetDefaults(twice)
			if diff := cmp.Diff(once, twice); diff != "" {
				t.Errorf("(-once +twice):\n%s", diff)
			}
		})
	}
}

func TestGatewayNamespace(t *testing.T) {
	for name, test := range map[string]struct {
		mesh, cluster v1alpha1.Istio
		want          string
	}{
		"istio":                  {want: "istio-system"},
		"istio elsewhere":        {mesh: v1alpha1.Istio{Namespace: "mesh"}, want: "mesh"},
		"elsewhere in a cluster": {cluster: v1alpha1.Istio{Namespace: "mesh"}, want: "mesh"},
		"csm":                    {mesh: v1alpha1.Istio{Distribution: v1alpha1.DistributionCSM}, want: "istio-system"},
		"solo":                   {mesh: v1alpha1.Istio{Distribution: v1alpha1.DistributionSolo, Namespace: "mesh"}, want: "istio-eastwest"},
		"solo in a cluster":      {cluster: v1alpha1.Istio{Distribution: v1alpha1.DistributionSolo}, want: "istio-eastwest"},
		"istio in a cluster": {
			mesh:    v1alpha1.Istio{Distribution: v1alpha1.DistributionSolo},
			cluster: v1alpha1.Istio{Distribution: v1alpha1.DistributionIstio},
			want:    "istio-system",
		},
	} {
		t.Run(name, func(t *testing.T) {
			mesh := pair(east(func(c *v1alpha1.Cluster) { c.Istio, c.Gateway = test.cluster, &v1alpha1.Gateway{} }))
			mesh.Spec.Istio = test.mesh
			v1alpha1.SetDefaults(mesh)
			if got := mesh.Spec.Clusters[0].Gateway.Namespace; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestNoLinksAreWritten: "nobody calls anybody" is not "everybody calls everybody".
func TestNoLinksAreWritten(t *testing.T) {
	for name, links := range map[string][]v1alpha1.Link{"left out": nil, "none": {}} {
		t.Run(name, func(t *testing.T) {
			var got v1alpha1.Mesh
			if err := yaml.UnmarshalStrict([]byte(text(t, pair(func(m *v1alpha1.Mesh) { m.Spec.Links = links }))), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(links, got.Spec.Links); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The fleet is that of the memberships which are known, when it is one.
func TestSetDefaultsFleet(t *testing.T) {
	type fleet = v1alpha1.Fleet
	member := func(project, number string) v1alpha1.Cluster {
		c := v1alpha1.Cluster{}
		c.GKE = &v1alpha1.GKE{Membership: &v1alpha1.Membership{Project: project, ProjectNumber: number}}
		return c
	}
	for name, test := range map[string]struct {
		said     fleet
		clusters []v1alpha1.Cluster
		want     fleet
	}{
		"none is known":           {clusters: []v1alpha1.Cluster{{}, member("", "")}},
		"one is known":            {clusters: []v1alpha1.Cluster{{}, member("acme", ""), member("", "12")}, want: fleet{Project: "acme", ProjectNumber: "12"}},
		"two are known":           {clusters: []v1alpha1.Cluster{member("acme", "12"), member("other", "13")}},
		"said":                    {said: fleet{Project: "acme"}, clusters: []v1alpha1.Cluster{member("acme", "12")}, want: fleet{Project: "acme", ProjectNumber: "12"}},
		"the number is another's": {said: fleet{Project: "mine"}, clusters: []v1alpha1.Cluster{member("acme", "12")}, want: fleet{Project: "mine"}},
	} {
		t.Run(name, func(t *testing.T) {
			mesh := v1alpha1.Mesh{Spec: v1alpha1.MeshSpec{Fleet: test.said, Clusters: test.clusters}}
			v1alpha1.SetDefaults(&mesh)
			if mesh.Spec.Fleet != test.want {
				t.Errorf("fleet is %+v, want %+v", mesh.Spec.Fleet, test.want)
			}
		})
	}
}

// Clusters of Cloud Service Mesh have what the fleet and the network make of them.
func TestSetDefaultsCSM(t *testing.T) {
	member := func(name, project, host string) v1alpha1.Cluster {
		c := v1alpha1.Cluster{Name: name}
		c.GKE = &v1alpha1.GKE{Project: project, Location: "us-east1", NetworkProject: host, VPC: "shared"}
		return c
	}
	mesh := func(change func(*v1alpha1.MeshSpec)) v1alpha1.MeshSpec {
		m := v1alpha1.Mesh{Spec: v1alpha1.MeshSpec{Istio: v1alpha1.Istio{Distribution: v1alpha1.DistributionCSM}, Fleet: v1alpha1.Fleet{Project: "fleet"},
			Clusters: []v1alpha1.Cluster{member("east", "one", "host"), member("west", "two", "host"), member("fleet", "fleet", "host")}}}
		change(&m.Spec)
		v1alpha1.SetDefaults(&m)
		return m.Spec
	}
	for name, test := range map[string]struct {
		change                  func(*v1alpha1.MeshSpec)
		domain, aliases, id, in string
	}{
		"of the fleet": {func(*v1alpha1.MeshSpec) {}, "fleet.svc.id.goog", "fleet.hub.id.goog one.svc.id.goog two.svc.id.goog", "cn-one-us-east1-east", "host-shared"},
		"said": {func(s *v1alpha1.MeshSpec) {
			s.Trust.Domain, s.Clusters[0].ClusterID, s.Clusters[0].Network = "shop", "e", "n"
		}, "shop", "", "e", "n"},
		"no aliases":            {func(s *v1alpha1.MeshSpec) { s.Trust.DomainAliases = []string{} }, "fleet.svc.id.goog", "", "cn-one-us-east1-east", "host-shared"},
		"no fleet":              {func(s *v1alpha1.MeshSpec) { s.Fleet.Project = "" }, "cluster.local", "", "cn-one-us-east1-east", "host-shared"},
		"Google joins it":       {func(s *v1alpha1.MeshSpec) { s.Discovery = v1alpha1.DiscoveryFleet }, "fleet.svc.id.goog", "fleet.hub.id.goog one.svc.id.goog two.svc.id.goog", "cn-one-us-east1-east", ""},
		"one elsewhere":         {func(s *v1alpha1.MeshSpec) { s.Clusters[1].GKE = nil }, "fleet.svc.id.goog", "fleet.hub.id.goog one.svc.id.goog", "cn-one-us-east1-east", ""},
		"a pool of another one": {func(s *v1alpha1.MeshSpec) { s.Clusters[0].GKE.WorkloadPool = "pool.svc.id.goog" }, "fleet.svc.id.goog", "fleet.hub.id.goog pool.svc.id.goog two.svc.id.goog", "cn-one-us-east1-east", "host-shared"},
		"a project in a domain": {func(s *v1alpha1.MeshSpec) { s.Clusters[0].GKE.Project = "example.com:one" }, "fleet.svc.id.goog", "fleet.hub.id.goog two.svc.id.goog", "east", "host-shared"},
		"another Istio":         {func(s *v1alpha1.MeshSpec) { s.Istio.Distribution = "" }, "cluster.local", "", "east", ""},
	} {
		t.Run(name, func(t *testing.T) {
			spec := mesh(test.change)
			got := []string{spec.Trust.Domain, strings.Join(spec.Trust.DomainAliases, " "), spec.Clusters[0].ID(), spec.Clusters[0].Network}
			if diff := cmp.Diff([]string{test.domain, test.aliases, test.id, test.in}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
