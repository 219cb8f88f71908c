package v1alpha1_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestValidateClusterName(t *testing.T) {
	const label = "must be a lower-case DNS-1123 label of at most 63 characters"
	const other = "\nhint: use a-z, 0-9 and '-', such as east"
	const at = "spec.clusters[0].name: Invalid value: "
	long := strings.Repeat("a", 63)
	checkValues(t, func(c *v1alpha1.Cluster, name string) { c.Name = name }, map[string]string{
		"e":          "",
		"1":          "",
		"a--b":       "",
		long:         "",
		"":           "spec.clusters[0].name: Required value: set it\nhint: use a name such as east",
		"East":       at + `"East": ` + label + "\nhint: write east",
		long + "a":   at + `"` + long + `a": ` + label + other,
		"east.prod":  at + `"east.prod": ` + label + other,
		"east_prod":  at + `"east_prod": ` + label + other,
		"East.Prod":  at + `"East.Prod": ` + label + other,
		"-east":      at + `"-east": ` + label + other,
		"east-":      at + `"east-": ` + label + other,
		" east":      at + `" east": ` + label + other,
		"öst":        at + `"öst": ` + label + other,
		"east\nwest": at + `"east\nwest": ` + label + other,
	})
}

func TestValidateDuplicates(t *testing.T) {
	const taken = ": already used by another cluster\nhint: "
	both := func(change func(*v1alpha1.Cluster)) edit { return all(east(change), west(change)) }
	checkAll(t, map[string]wrong{
		"name": {both(func(c *v1alpha1.Cluster) { c.Name = "east" }), []string{
			`spec.clusters[1].name: Duplicate value: "east"` + taken + "use a unique name for each cluster",
		}},
		"context": {both(func(c *v1alpha1.Cluster) { c.Context = "kind-mesh" }), []string{
			`spec.clusters[1].context: Duplicate value: "kind-mesh"` + taken + "use a separate context for each cluster",
		}},
		"uid": {both(func(c *v1alpha1.Cluster) { c.UID = "0a-1b" }), []string{
			`spec.clusters[1].uid: Duplicate value: "0a-1b"` + taken + "list each cluster once",
		}},
		"no clusters": {func(m *v1alpha1.Mesh) { m.Spec.Clusters = nil }, []string{
			"spec.clusters: Required value: set it\nhint: add a cluster: - name: east",
		}},
	})
}

func TestValidateContext(t *testing.T) {
	const want = "must not contain unprintable characters\nhint: copy the name from: kubectl config get-contexts -o name"
	checkValues(t, func(c *v1alpha1.Cluster, context string) { c.Context = context }, map[string]string{
		"gke_acme_us-east1_east":                          "",
		"arn:aws:eks:us-east-1:123456789012:cluster/east": "",
		"admin@my cluster":                                "",
		"east\n":                                          `spec.clusters[0].context: Invalid value: "east\n": ` + want,
		"\x1b[2J":                                         `spec.clusters[0].context: Invalid value: "\x1b[2J": ` + want,
		"\u009b2J":                                        `spec.clusters[0].context: Invalid value: "\u009b2J": ` + want,
	})
}

func TestValidateControlPlane(t *testing.T) {
	served := func(by string) func(*v1alpha1.Cluster) { return func(c *v1alpha1.Cluster) { c.ControlPlane = by } }
	north := func(m *v1alpha1.Mesh) {
		m.Spec.Clusters = append(m.Spec.Clusters, v1alpha1.Cluster{Name: "north", ClusterSpec: v1alpha1.ClusterSpec{ControlPlane: "west"}})
	}
	const own = "must name a cluster that has its own control plane\nhint: specify the primary: a remote cluster serves no other cluster"
	checkAll(t, map[string]wrong{
		"itself":         {edit: east(served("east"))},
		"another":        {edit: east(served("west"))},
		"two of another": {edit: all(east(served("west")), north)},
		"unknown": {east(served("wset")), []string{
			`spec.clusters[0].controlPlane: Not found: "wset": no cluster has this name` + "\n" + `hint: did you mean "west"?`,
		}},
		"chain": {all(north, west(served("east"))), []string{
			`spec.clusters[2].controlPlane: Invalid value: "west": ` + own,
		}},
		"circle": {all(east(served("west")), west(served("east"))), []string{
			`spec.clusters[0].controlPlane: Invalid value: "west": ` + own,
			`spec.clusters[1].controlPlane: Invalid value: "east": ` + own,
		}},
	})
}

func TestValidateNetwork(t *testing.T) {
	const label = "must be a label value, at most 63 characters\nhint: use letters, digits, '-', '_' and '.', such as vpc-a"
	long := strings.Repeat("n", 63)
	checkValues(t, func(c *v1alpha1.Cluster, network string) { c.Network = network }, map[string]string{
		"vpc-a":    "",
		"VPC_a.1":  "",
		long:       "",
		long + "n": `spec.clusters[0].network: Invalid value: "` + long + `n": ` + label,
		"vpc/a":    `spec.clusters[0].network: Invalid value: "vpc/a": ` + label,
		"-vpc":     `spec.clusters[0].network: Invalid value: "-vpc": ` + label,
	})
}

func TestValidatePodCIDRs(t *testing.T) {
	const cidr = ": must be a range of addresses\nhint: use a form such as 10.8.0.0/14"
	const bits = ": must not have bits set after its mask\nhint: write "
	const at = "spec.clusters[0].podCIDRs[0]: Invalid value: "
	checkValues(t, func(c *v1alpha1.Cluster, cidr string) { c.PodCIDRs = []string{cidr} }, map[string]string{
		"10.8.0.0/14":    "",
		"10.8.0.1/32":    "",
		"0.0.0.0/0":      "",
		"2001:db8::/32":  "",
		"":               at + `""` + cidr,
		"10.8.0.0":       at + `"10.8.0.0"` + cidr,
		"10.8.0.0/33":    at + `"10.8.0.0/33"` + cidr,
		"10.8.0.0/08":    at + `"10.8.0.0/08"` + cidr,
		"010.8.0.0/14":   at + `"010.8.0.0/14"` + cidr,
		"10.8.0/14":      at + `"10.8.0/14"` + cidr,
		"pods":           at + `"pods"` + cidr,
		"fe80::%eth0/64": at + `"fe80::%eth0/64"` + cidr,
		"10.9.2.3/14":    at + `"10.9.2.3/14"` + bits + "10.8.0.0/14",
		"2001:db8::1/32": at + `"2001:db8::1/32"` + bits + "2001:db8::/32",
	})
}

func TestValidateLocality(t *testing.T) {
	locality := func(region, zone, subzone string) edit {
		return east(func(c *v1alpha1.Cluster) {
			c.Locality = &v1alpha1.Locality{Region: region, Zone: zone, Subzone: subzone}
		})
	}
	const label = "must be a label value\nhint: use letters, digits, '-', '_' and '.', such as us-east1"
	checkAll(t, map[string]wrong{
		"nothing":           {edit: locality("", "", "")},
		"region":            {edit: locality("us-east1", "", "")},
		"all":               {edit: locality("us-east1", "us-east1-b", "rack_7")},
		"zone alone":        {locality("", "us-east1-b", ""), []string{"spec.clusters[0].locality.region: Required value: set it\nhint: a zone requires its region"}},
		"subzone in region": {locality("us-east1", "", "rack"), []string{"spec.clusters[0].locality.zone: Required value: set it\nhint: a subzone requires its zone"}},
		"no labels": {locality("us/east1", "us east", "#7"), []string{
			`spec.clusters[0].locality.region: Invalid value: "us/east1": ` + label,
			`spec.clusters[0].locality.zone: Invalid value: "us east": ` + label,
			`spec.clusters[0].locality.subzone: Invalid value: "#7": ` + label,
		}},
	})
}

func TestValidatePlatform(t *testing.T) {
	const supported = `supported values: "gke", "eks", "aks", "openshift", "k3s"`
	checkValues(t, func(c *v1alpha1.Cluster, platform string) { c.Platform = v1alpha1.Platform(platform) }, map[string]string{
		"":     "",
		"k3s":  "",
		"GKE":  `spec.clusters[0].platform: Unsupported value: "GKE": ` + supported + "\n" + `hint: did you mean "gke"?`,
		"kind": `spec.clusters[0].platform: Unsupported value: "kind": ` + supported + "\nhint: use one of gke, eks, aks, openshift, k3s",
	})
}

func TestValidateVersion(t *testing.T) {
	const full = ": must be a full version\n" + `hint: use all three numbers, in quotes: "1.31.1"`
	const at = "spec.clusters[0].istio.version: Invalid value: "
	checkValues(t, func(c *v1alpha1.Cluster, version string) { c.Istio.Version = version }, map[string]string{
		"1.30.2":                                 "",
		"1.28.0-solo":                            "",
		"1.28.0-patch1-solo.1":                   "",
		"1.30.2+build.7":                         "",
		"1.21.5.asm.1":                           "",
		"100.200.300-" + strings.Repeat("A", 64): "",
		"100.200.300-" + strings.Repeat("A", 65): at + `"100.200.300-` + strings.Repeat("A", 65) + `"` + full,
		".1.30.2":                                at + `".1.30.2"` + full,
		"1..2":                                   at + `"1..2"` + full,
		"1000.1.1":                               at + `"1000.1.1"` + full,
		"1.30.2-\u212a":                          at + `"1.30.2-K"` + full,
		"1.30":                                   at + `"1.30"` + full,
		"v1.30.2":                                at + `"v1.30.2": must be a full version` + "\nhint: write 1.30.2, without v",
		"1.30.x":                                 at + `"1.30.x"` + full,
		"1.30.2 ":                                at + `"1.30.2 "` + full,
		"1.30.2-":                                at + `"1.30.2-"` + full,
		"1.30.2\n":                               at + `"1.30.2\n"` + full,
		"latest":                                 at + `"latest"` + full,
		"1.30.2-a/b":                             at + `"1.30.2-a/b"` + full,
		"1.30.2-ä":                               at + `"1.30.2-ä"` + full,
	})
}

func TestValidateIstio(t *testing.T) {
	const label = "must be a lower-case DNS-1123 label of at most 63 characters"
	checkAll(t, map[string]wrong{
		"mesh": {func(m *v1alpha1.Mesh) {
			m.Spec.Istio = v1alpha1.Istio{Version: "1", Namespace: "Istio-System", Revision: "1.30.2", DataPlane: "ztunnel"}
		}, []string{
			`spec.istio.dataPlane: Unsupported value: "ztunnel": supported values: "sidecar", "ambient"` + "\nhint: use one of sidecar, ambient",
			`spec.istio.version: Invalid value: "1": must be a full version` + "\n" + `hint: use all three numbers, in quotes: "1.31.1"`,
			`spec.istio.namespace: Invalid value: "Istio-System": ` + label + "\nhint: write istio-system",
			`spec.istio.revision: Invalid value: "1.30.2": ` + label + "\nhint: use a-z, 0-9 and '-', such as 1-30-2",
		}},
		"cluster": {east(func(c *v1alpha1.Cluster) {
			c.Istio = v1alpha1.Istio{Distribution: "isto", Namespace: "istio/system", Revision: "Canary", DataPlane: "sidecars"}
		}), []string{
			`spec.clusters[0].istio.distribution: Unsupported value: "isto": supported values: "istio", "solo", "csm"` + "\n" + `hint: did you mean "istio"?`,
			`spec.clusters[0].istio.dataPlane: Unsupported value: "sidecars": supported values: "sidecar", "ambient"` + "\n" + `hint: did you mean "sidecar"?`,
			`spec.clusters[0].istio.namespace: Invalid value: "istio/system": ` + label + "\nhint: use a-z, 0-9 and '-', such as istio-system",
			`spec.clusters[0].istio.revision: Invalid value: "Canary": ` + label + "\nhint: write canary",
		}},
	})
}

func TestValidateImages(t *testing.T) {
	const image = ": must be the name of an image or of a registry\nhint: use a form such as registry.example.com:5000/istio, without https://"
	digest := "@sha256:" + strings.Repeat("0a", 32)
	long := strings.Repeat("a", 512)
	tests := map[string]string{ // to what is invalid of it
		"":                              "",
		"istio":                         "",
		"docker.io/istio":               "",
		"registry.example.com:5000/a_b": "",
		"docker.io/istio/examples-helloworld-v1:1.0":            "",
		"us-docker.pkg.dev/gloo-mesh/istio-0123456789ab":        "",
		"Registry.example.com/istio/pilot:1.30.2-RC_1" + digest: "",
		long:                           "",
		long + "a":                     `"` + long + `a"`,
		"https://registry.example.com": `"https://registry.example.com"`,
		"oci://registry.example.com/a": `"oci://registry.example.com/a"`,
		"registry.example.com//a":      `"registry.example.com//a"`,
		"registry.example.com/":        `"registry.example.com/"`,
		"istio:":                       `"istio:"`,
		"/istio":                       `"/istio"`,
		"-istio":                       `"-istio"`,
		"istio pilot":                  `"istio pilot"`,
		"istio\n":                      `"istio\n"`,
		"$(id)":                        `"$(id)"`,
		"istio'":                       `"istio'"`,
		"{{ .Values.x }}":              `"{{ .Values.x }}"`,
		"ıstio":                        `"ıstio"`,
	}
	for field, set := range map[string]func(*v1alpha1.Mesh, string){
		"spec.istio.hub":             func(m *v1alpha1.Mesh, text string) { m.Spec.Istio.Hub = text },
		"spec.clusters[0].istio.hub": func(m *v1alpha1.Mesh, text string) { m.Spec.Clusters[0].Istio.Hub = text },
		"spec.sample.image":          func(m *v1alpha1.Mesh, text string) { m.Spec.Sample.Image = text },
		"spec.sample.clientImage":    func(m *v1alpha1.Mesh, text string) { m.Spec.Sample.ClientImage = text },
	} {
		for text, bad := range tests {
			t.Run(field+" "+text, func(t *testing.T) {
				var want []string
				if bad != "" {
					want = []string{field + ": Invalid value: " + bad + image}
				}
				check(t, func(m *v1alpha1.Mesh) { set(m, text) }, want...)
			})
		}
	}
}

func TestValidateLicense(t *testing.T) {
	licence := func(name, namespace string) edit {
		return east(func(c *v1alpha1.Cluster) {
			c.Istio.LicenseSecretRef = &v1alpha1.SecretRef{Name: name, Namespace: namespace}
		})
	}
	const at = "spec.clusters[0].istio.licenseSecretRef."
	const secret = ": must be the name of a Secret\nhint: use a-z, 0-9, '-' and '.', such as solo-license"
	const label = ": must be a lower-case DNS-1123 label of at most 63 characters\nhint: "
	checkAll(t, map[string]wrong{
		"name":             {edit: licence("solo.license-1", "")},
		"name, namespace":  {edit: licence("solo-license", "gloo-mesh")},
		"no name":          {licence("", ""), []string{at + `name: Invalid value: ""` + secret}},
		"the licence":      {licence("eyJhbGciOi.J9_x", ""), []string{at + `name: Invalid value: "eyJhbGciOi.J9_x"` + secret}},
		"no namespace":     {licence("solo-license", "gloo.mesh"), []string{at + `namespace: Invalid value: "gloo.mesh"` + label + "use a-z, 0-9 and '-', such as istio-system"}},
		"both are invalid": {licence("a/b", "Gloo"), []string{at + `name: Invalid value: "a/b"` + secret, at + `namespace: Invalid value: "Gloo"` + label + "write gloo"}},
		"of the mesh": {func(m *v1alpha1.Mesh) { m.Spec.Istio.LicenseSecretRef = &v1alpha1.SecretRef{Name: "A"} },
			[]string{`spec.istio.licenseSecretRef.name: Invalid value: "A"` + secret}},
	})
}

func TestValidateMulticlusterMode(t *testing.T) {
	const at = "spec.clusters[0].istio.multiclusterMode: Unsupported value: "
	const supported = `: supported values: "connected", "manual"` + "\nhint: "
	checkValues(t, func(c *v1alpha1.Cluster, mode string) { c.Istio.MulticlusterMode = v1alpha1.MulticlusterMode(mode) }, map[string]string{
		"":           "",
		"connected":  "",
		"manual":     "",
		"connect":    at + `"connect"` + supported + `did you mean "connected"?`,
		"Manual":     at + `"Manual"` + supported + `did you mean "manual"?`,
		"disconnect": at + `"disconnect"` + supported + "use one of connected, manual",
	})
}

func TestValidateManaged(t *testing.T) {
	spec := func(istio v1alpha1.Istio) edit { return func(m *v1alpha1.Mesh) { m.Spec.Istio = istio } }
	cluster := func(istio v1alpha1.Istio) func(*v1alpha1.Cluster) {
		return func(c *v1alpha1.Cluster) { c.Istio = istio }
	}
	managed := v1alpha1.Istio{Managed: new(true)}
	csm := v1alpha1.Istio{Distribution: v1alpha1.DistributionCSM}
	istio := v1alpha1.Istio{Distribution: v1alpha1.DistributionIstio}
	managedCSM := v1alpha1.Istio{Distribution: v1alpha1.DistributionCSM, Managed: new(true)}
	unmanagedIstio := v1alpha1.Istio{Distribution: v1alpha1.DistributionIstio, Managed: new(false)}
	const want = "managed: Forbidden: only distribution csm has a managed control plane\nhint: set distribution: csm, or managed: false"
	checkAll(t, map[string]wrong{
		"csm":                       {edit: spec(managedCSM)},
		"cluster of csm":            {edit: east(cluster(managedCSM))},
		"cluster of a csm mesh":     {edit: all(spec(csm), east(cluster(managed)))},
		"unmanaged in a csm mesh":   {edit: all(spec(managedCSM), east(cluster(unmanagedIstio)))},
		"default distribution":      {spec(managed), []string{"spec.istio." + want}},
		"cluster of the default":    {east(cluster(managed)), []string{"spec.clusters[0].istio." + want}},
		"istio in a csm mesh":       {all(spec(managedCSM), west(cluster(istio))), []string{"spec.clusters[1].istio." + want}},
		"each cluster of csm":       {edit: all(spec(managed), east(cluster(csm)), west(cluster(csm)))},
		"one cluster of csm":        {all(spec(managed), east(cluster(csm))), []string{"spec.istio." + want}},
		"said by mesh and cluster":  {all(spec(managed), east(cluster(managed))), []string{"spec.istio." + want, "spec.clusters[0].istio." + want}},
		"said to be false, istio":   {edit: spec(unmanagedIstio)},
		"false in a managed istio ": {all(spec(managed), east(cluster(unmanagedIstio))), []string{"spec.istio." + want}},
	})
}
