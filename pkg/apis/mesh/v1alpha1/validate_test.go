package v1alpha1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestValidateValid(t *testing.T) {
	check(t, all())
}

func TestValidateMetadataName(t *testing.T) {
	const label = "must be a lower-case DNS-1123 label of at most 63 characters"
	long := strings.Repeat("a", 63)
	for name, want := range map[string]string{
		long:        "",
		"":          "metadata.name: Required value: set it\nhint: use a name such as shop",
		"Shop":      `metadata.name: Invalid value: "Shop": ` + label + "\nhint: write shop",
		long + "a":  `metadata.name: Invalid value: "` + long + `a": ` + label + "\nhint: use a-z, 0-9 and '-', such as shop",
		"shop.acme": `metadata.name: Invalid value: "shop.acme": ` + label + "\nhint: use a-z, 0-9 and '-', such as shop",
	} {
		t.Run(name, func(t *testing.T) {
			var all []string
			if want != "" {
				all = []string{want}
			}
			check(t, func(m *v1alpha1.Mesh) { m.Metadata.Name = name }, all...)
		})
	}
}

func TestValidateDiscovery(t *testing.T) {
	spec := func(discovery v1alpha1.Discovery, distribution v1alpha1.Distribution) edit {
		return func(m *v1alpha1.Mesh) { m.Spec.Discovery, m.Spec.Istio.Distribution = discovery, distribution }
	}
	cluster := func(distribution v1alpha1.Distribution) func(*v1alpha1.Cluster) {
		return func(c *v1alpha1.Cluster) { c.Istio.Distribution = distribution }
	}
	peering := `Invalid value: "istio": discovery peering requires distribution solo` + "\nhint: set distribution: solo, or another spec.discovery"
	fleet := `Invalid value: "solo": discovery fleet requires distribution csm` + "\nhint: set distribution: csm, or another spec.discovery"
	checkAll(t, map[string]wrong{
		"unknown": {spec("remotesecret", ""), []string{`spec.discovery: Unsupported value: "remotesecret": supported values: ` +
			`"remoteSecret", "peering", "fleet"` + "\n" + `hint: did you mean "remoteSecret"?`}},
		"like nothing": {spec("dns", ""), []string{`spec.discovery: Unsupported value: "dns": supported values: ` +
			`"remoteSecret", "peering", "fleet"` + "\nhint: use one of remoteSecret, peering, fleet"}},
		"unknown distribution": {spec("", "tetrate"), []string{`spec.istio.distribution: Unsupported value: "tetrate": supported values: ` +
			`"istio", "solo", "csm"` + "\nhint: use one of istio, solo, csm"}},
		"remoteSecret with any":      {edit: all(spec(v1alpha1.DiscoveryRemoteSecret, v1alpha1.DistributionSolo), east(cluster(v1alpha1.DistributionCSM)))},
		"peering with solo":          {edit: spec(v1alpha1.DiscoveryPeering, v1alpha1.DistributionSolo)},
		"peering with the default":   {spec(v1alpha1.DiscoveryPeering, ""), []string{"spec.istio.distribution: " + peering}},
		"peering with istio":         {spec(v1alpha1.DiscoveryPeering, v1alpha1.DistributionIstio), []string{"spec.istio.distribution: " + peering}},
		"peering, solo in each":      {edit: all(spec(v1alpha1.DiscoveryPeering, ""), east(cluster(v1alpha1.DistributionSolo)), west(cluster(v1alpha1.DistributionSolo)))},
		"peering, istio for nobody":  {edit: all(spec(v1alpha1.DiscoveryPeering, v1alpha1.DistributionIstio), east(cluster(v1alpha1.DistributionSolo)), west(cluster(v1alpha1.DistributionSolo)))},
		"peering, solo in one":       {all(spec(v1alpha1.DiscoveryPeering, ""), east(cluster(v1alpha1.DistributionSolo))), []string{"spec.istio.distribution: " + peering}},
		"peering, one with istio":    {all(spec(v1alpha1.DiscoveryPeering, v1alpha1.DistributionSolo), west(cluster(v1alpha1.DistributionIstio))), []string{"spec.clusters[1].istio.distribution: " + peering}},
		"fleet with csm":             {edit: spec(v1alpha1.DiscoveryFleet, v1alpha1.DistributionCSM)},
		"fleet with solo everywhere": {all(spec(v1alpha1.DiscoveryFleet, v1alpha1.DistributionSolo), east(cluster(v1alpha1.DistributionSolo))), []string{"spec.istio.distribution: " + fleet, "spec.clusters[0].istio.distribution: " + fleet}},
	})
}

func TestValidateFleetLinks(t *testing.T) {
	fleet := func(links []v1alpha1.Link) edit {
		return func(m *v1alpha1.Mesh) {
			m.Spec.Discovery, m.Spec.Istio.Distribution, m.Spec.Links = v1alpha1.DiscoveryFleet, v1alpha1.DistributionCSM, links
		}
	}
	want := []string{"spec.links: Forbidden: a fleet links every cluster with every other cluster\nhint: remove spec.links"}
	checkAll(t, map[string]wrong{
		"none said": {edit: fleet(nil)},
		"empty":     {fleet([]v1alpha1.Link{}), want},
		"all":       {fleet([]v1alpha1.Link{{Between: []string{"*"}}}), want},
	})
}

func TestValidateTrust(t *testing.T) {
	const domain = `must be a trust domain: at most 255 of a-z, 0-9, '.', '-', '_'` +
		"\nhint: use a form such as cluster.local, without spiffe:// and without a path"
	long := strings.Repeat("a", 256)
	trust := func(change func(*v1alpha1.Trust)) edit { return func(m *v1alpha1.Mesh) { change(&m.Spec.Trust) } }
	checkAll(t, map[string]wrong{
		"every character": {edit: trust(func(t *v1alpha1.Trust) { t.Domain, t.DomainAliases = "az_b-c.09", []string{long[:255]} })},
		"upper case":      {trust(func(t *v1alpha1.Trust) { t.Domain = "Shop.example" }), []string{`spec.trust.domain: Invalid value: "Shop.example": ` + domain}},
		"spiffe ID":       {trust(func(t *v1alpha1.Trust) { t.Domain = "spiffe://shop" }), []string{`spec.trust.domain: Invalid value: "spiffe://shop": ` + domain}},
		"too long":        {trust(func(t *v1alpha1.Trust) { t.Domain = long }), []string{`spec.trust.domain: Invalid value: "` + long + `": ` + domain}},
		"aliases": {trust(func(t *v1alpha1.Trust) { t.DomainAliases = []string{"old.example", "", "a/b"} }), []string{
			"spec.trust.domainAliases[1]: Required value: set it\nhint: specify a trust domain, or remove the entry",
			`spec.trust.domainAliases[2]: Invalid value: "a/b": ` + domain,
		}},
		"cluster": {east(func(c *v1alpha1.Cluster) { c.TrustDomain = "ä" }), []string{`spec.clusters[0].trustDomain: Invalid value: "ä": ` + domain}},
		"provider": {trust(func(t *v1alpha1.Trust) { t.CA.Provider = "vault" }), []string{`spec.trust.ca.provider: Unsupported value: "vault": ` +
			`supported values: "files", "external", "certManager", "meshCA", "none"` + "\nhint: use one of files, external, certManager, meshCA, none"}},
	})
}

func TestValidateReader(t *testing.T) {
	store := func(kind v1alpha1.StoreKind, name string) *v1alpha1.ExternalStore {
		return &v1alpha1.ExternalStore{SecretStoreRef: v1alpha1.SecretStoreRef{Kind: kind, Name: name}}
	}
	spec := func(reader v1alpha1.Reader) edit { return func(m *v1alpha1.Mesh) { m.Spec.Reader = reader } }
	cluster := func(reader v1alpha1.Reader) func(*v1alpha1.Cluster) {
		return func(c *v1alpha1.Cluster) { c.Reader = reader }
	}
	checkAll(t, map[string]wrong{
		"account": {edit: spec(v1alpha1.Reader{ServiceAccount: v1alpha1.IstioReaderAccount})},
		"account in upper case": {east(cluster(v1alpha1.Reader{ServiceAccount: "Reader"})), []string{`spec.clusters[0].reader.serviceAccount: Invalid value: "Reader": ` +
			"must be the name of a ServiceAccount, at most 222 characters\nhint: use a-z, 0-9, '-' and '.', such as istio-reader-service-account"}},
		"store without a name": {spec(v1alpha1.Reader{External: store("", "")}), []string{`spec.reader.external.secretStoreRef.name: Invalid value: "": ` +
			"must be the name of a secret store\nhint: use a-z, 0-9, '-' and '.', such as mesh"}},
		"kind of store": {spec(v1alpha1.Reader{External: store("clusterSecretStore", "mesh")}), []string{`spec.reader.external.secretStoreRef.kind: ` +
			`Unsupported value: "clusterSecretStore": supported values: "SecretStore", "ClusterSecretStore"` + "\n" + `hint: did you mean "ClusterSecretStore"?`}},
	})
}

func TestValidateGenerations(t *testing.T) {
	spec := func(generations []int32, revoked int32) edit {
		return east(func(c *v1alpha1.Cluster) {
			if generations != nil {
				c.ReaderGenerations = map[string][]int32{"west": generations}
			}
			if revoked != 0 {
				c.RevokedReaders = map[string]int32{"west": revoked}
			}
		})
	}
	const order = "\nhint: list the oldest first, each once, without revoked ones"
	checkAll(t, map[string]wrong{
		"a rotation":        {edit: spec([]int32{1, 2}, 0)},
		"cut off":           {edit: spec(nil, 9999)},
		"after a leak":      {edit: spec([]int32{3}, 2)},
		"nobody is west":    {edit: east(func(c *v1alpha1.Cluster) { c.RevokedReaders = map[string]int32{"gone": 1} })},
		"none":              {spec([]int32{}, 0), []string{"spec.clusters[0].readerGenerations[west]: Required value: set it\nhint: use [1], or remove the entry; to revoke all of them: kubectl mesh credentials revoke"}},
		"zero":              {spec([]int32{0}, 0), []string{`spec.clusters[0].readerGenerations[west][0]: Invalid value: "0": must be a generation, 1 to 9999` + "\nhint: generations start at 1"}},
		"too many":          {spec([]int32{10000}, 0), []string{`spec.clusters[0].readerGenerations[west][0]: Invalid value: "10000": must be a generation, 1 to 9999` + "\nhint: generations start at 1"}},
		"twice":             {spec([]int32{2, 2}, 0), []string{`spec.clusters[0].readerGenerations[west][1]: Invalid value: "2": must be more than 2` + order}},
		"one that is ended": {spec([]int32{2, 3}, 2), []string{`spec.clusters[0].readerGenerations[west][0]: Invalid value: "2": must be more than 2` + order}},
		"ended before 1":    {spec(nil, -1), []string{`spec.clusters[0].revokedReaders[west]: Invalid value: "-1": must be a generation, 1 to 9999` + "\nhint: generations start at 1"}},
		"upper case": {east(func(c *v1alpha1.Cluster) { c.RevokedReaders = map[string]int32{"West": 1} }),
			[]string{`spec.clusters[0].revokedReaders[West]: Invalid value: "West": must be a lower-case DNS-1123 label of at most 63 characters` + "\nhint: write west"}},
	})
}

func TestGenerations(t *testing.T) {
	for _, test := range []struct {
		generations []int32
		revoked     int32
		want        []int32
		next        int32
	}{
		{nil, 0, []int32{1}, 2}, {[]int32{1, 2}, 0, []int32{1, 2}, 3}, {nil, 2, nil, 3}, {[]int32{3}, 2, []int32{3}, 4},
	} {
		c := v1alpha1.ClusterSpec{ReaderGenerations: map[string][]int32{"west": test.generations}, RevokedReaders: map[string]int32{"west": test.revoked}}
		if got, next := c.GenerationsOf("west"), c.NextGeneration("west"); !slices.Equal(got, test.want) || next != test.next {
			t.Errorf("%v, revoked %d: got %v and next %d, want %v and %d", test.generations, test.revoked, got, next, test.want, test.next)
		}
	}
	// Those who share an account share its token Secrets: what was revoked of one is given to nobody again.
	c := v1alpha1.ClusterSpec{Reader: v1alpha1.Reader{ServiceAccount: "all"}, RevokedReaders: map[string]int32{"west": 2},
		ReaderGenerations: map[string][]int32{"north": {1}, "south": {5}}}
	if north, late := c.NextGeneration("north"), c.GenerationsOf("late"); north != 6 || !slices.Equal(late, []int32{3}) {
		t.Errorf("shared: next of north is %d, late has %v", north, late)
	}
}

func TestValidateWaivers(t *testing.T) {
	waivers := func(waivers ...v1alpha1.Waiver) edit { return func(m *v1alpha1.Mesh) { m.Spec.Waivers = waivers } }
	checkAll(t, map[string]wrong{
		"valid": {edit: waivers(v1alpha1.Waiver{Rule: "MESH006", Clusters: []string{"east"}, Reason: "lab on one host"})},
		"nothing said": {waivers(v1alpha1.Waiver{}), []string{
			"spec.waivers[0].rule: Required value: set it\nhint: specify the rule, such as MESH006",
			"spec.waivers[0].reason: Required value: set it\nhint: explain why this is acceptable, for the next reviewer",
		}},
		"blank reason": {waivers(v1alpha1.Waiver{Rule: "MESH006", Reason: " \n"}), []string{
			"spec.waivers[0].reason: Required value: set it\nhint: explain why this is acceptable, for the next reviewer",
		}},
		"unknown clusters": {waivers(v1alpha1.Waiver{Rule: "MESH006", Reason: "lab", Clusters: []string{"east", "esat", "*"}}), []string{
			`spec.waivers[0].clusters[1]: Not found: "esat": no cluster has this name` + "\n" + `hint: did you mean "east"?`,
			`spec.waivers[0].clusters[2]: Not found: "*": no cluster has this name` + "\nhint: use the name of a cluster in spec.clusters",
		}},
	})
}
