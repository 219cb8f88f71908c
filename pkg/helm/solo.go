package helm

import (
	"cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// addPeeringEnv sets what Solo's documentation sets for peering. Whether networks are flat is always set, because the
// default is not documented.
func (v values) addPeeringEnv(env map[string]string) {
	env["PILOT_ENABLE_IP_AUTOALLOCATE"] = "true"
	env["PEERING_ENABLE_FLAT_NETWORKS"] = "false"
	if v.flat() {
		env["PEERING_ENABLE_FLAT_NETWORKS"] = "true"
	}
	if v.cluster.Istio.Release().Has(upstream.LegacyMultiSwitch) {
		env["DISABLE_LEGACY_MULTICLUSTER"] = "true" // ignore remote secrets, which do not work together with peering
	}
	if len(v.Graph.TrustDomains()) > 1 {
		env["PILOT_SKIP_VALIDATE_TRUST_DOMAIN"] = "true"
	}
}

// flat reports whether a linked cluster is in the same network.
func (v values) flat() bool {
	for other := range v.Graph.Neighbors(v.cluster.Name) {
		if other.Network == v.cluster.Network {
			return true
		}
	}
	return false
}

// addSolo sets what only Solo's build of the chart has.
func (v values) addSolo(istiod *istiodValues) {
	if ref := v.cluster.Istio.LicenseSecretRef; ref != nil {
		secret := *ref
		secret.Namespace = cmp.Or(secret.Namespace, v.cluster.Istio.Namespace)
		istiod.License = &license{SecretRef: secret}
	}
	if !v.peering() {
		return
	}
	istiod.Platforms = &platforms{Peering: peering{Enabled: true}}
	istiod.Pilot = &pilot{CNI: pilotCNI{Enabled: true, Namespace: v.nodeNamespace()}}
	istiod.MeshConfig.DefaultConfig = &proxyConfig{ProxyMetadata: map[string]string{
		"ISTIO_META_DNS_AUTO_ALLOCATE": "true", "ISTIO_META_DNS_CAPTURE": "true",
	}}
	if v.openShift() {
		istiod.Trusted = v.nodeNamespace()
	}
}
