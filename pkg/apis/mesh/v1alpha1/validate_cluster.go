package v1alpha1

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func validateClusters(path *field.Path, clusters []Cluster, roster *roster) []Problem {
	if len(clusters) == 0 {
		return []Problem{required(path, "add a cluster: - name: east")}
	}
	var errs []Problem
	names, contexts, uids := map[string]bool{}, map[string]bool{}, map[string]bool{}
	own := map[string]bool{}
	for _, cluster := range clusters {
		own[cluster.Name] = own[cluster.Name] || cluster.ControlPlane == "" || cluster.ControlPlane == cluster.Name
	}
	for i, cluster := range clusters {
		at := path.Index(i)
		errs = append(errs, validateLabel(at.Child("name"), cluster.Name, "east")...)
		errs = append(errs, validateFileName(at.Child("name"), cluster.Name)...)
		errs = append(errs, validateUnique(at.Child("name"), cluster.Name, names, "use a unique name for each cluster")...)
		errs = append(errs, validateUnique(at.Child("context"), cluster.Context, contexts,
			"use a separate context for each cluster")...)
		errs = append(errs, validateUnique(at.Child("uid"), cluster.UID, uids, "list each cluster once")...)
		errs = append(errs, validateControlPlane(at.Child("controlPlane"), cluster, roster, own)...)
		errs = append(errs, validateClusterSpec(at, &cluster.ClusterSpec)...)
	}
	return errs
}

// validateFileName: files are named after clusters, and a workspace is shared between operating systems.
func validateFileName(path *field.Path, name string) []Problem {
	if len(validation.IsDNS1123Label(name)) > 0 || !layout.IsDevice(name) {
		return nil
	}
	return []Problem{invalid(path, name,
		"must not be a name that Windows reserves for a device: files are named after the cluster",
		"write "+name+"-1, or another name")}
}

func validateUnique(path *field.Path, value string, seen map[string]bool, remedy string) []Problem {
	if value == "" {
		return nil
	}
	if seen[value] {
		return []Problem{duplicate(path, value, "already used by another cluster", remedy)}
	}
	seen[value] = true
	return nil
}

func validateControlPlane(path *field.Path, cluster Cluster, roster *roster, own map[string]bool) []Problem {
	if cluster.ControlPlane == "" || cluster.ControlPlane == cluster.Name {
		return nil
	}
	if errs := roster.validate(path, cluster.ControlPlane); len(errs) > 0 {
		if isExternalPlane(cluster.ControlPlane) {
			return []Problem{notFound(path, cluster.ControlPlane, "no cluster has this name", "specify the cluster whose "+
				"control plane serves this one, with its gateway.addresses; a control plane outside the clusters of mesh.yaml "+
				"is not supported")}
		}
		return errs
	}
	if !own[cluster.ControlPlane] {
		return []Problem{invalid(path, cluster.ControlPlane, "must name a cluster that has its own control plane",
			"specify the primary: a remote cluster serves no other cluster")}
	}
	return nil
}

// isExternalPlane reports whether an unknown name means a control plane outside the mesh: an address, or a word for
// it.
func isExternalPlane(name string) bool {
	return strings.ContainsAny(name, ".:/") || name == "external" || name == "externalIstiod"
}

func validateClusterSpec(path *field.Path, spec *ClusterSpec) []Problem {
	errs := validateContext(path.Child("context"), spec.Context)
	errs = append(errs, validateUID(path.Child("uid"), spec.UID)...)
	errs = append(errs, validateClusterID(path.Child("clusterID"), spec.ClusterID)...)
	errs = append(errs, validateKubernetesVersion(path.Child("kubernetesVersion"), spec.KubernetesVersion)...)
	if spec.Network != "" && len(validation.IsValidLabelValue(spec.Network)) > 0 {
		errs = append(errs, invalid(path.Child("network"), spec.Network, "must be a label value, at most 63 characters",
			"use letters, digits, '-', '_' and '.', such as vpc-a"))
	}
	errs = append(errs, validateCIDRs(path.Child("podCIDRs"), spec.PodCIDRs)...)
	errs = append(errs, validateCIDRs(path.Child("egressCIDRs"), spec.EgressCIDRs)...)
	errs = append(errs, validateLocality(path.Child("locality"), spec.Locality)...)
	errs = append(errs, validateTrustDomain(path.Child("trustDomain"), spec.TrustDomain)...)
	errs = append(errs, validateEnum(path.Child("platform"), spec.Platform,
		PlatformGKE, PlatformEKS, PlatformAKS, PlatformOpenShift, PlatformK3s)...)
	errs = append(errs, validateIstio(path.Child("istio"), spec.Istio)...)
	errs = append(errs, validateAPI(path.Child("api"), spec.API)...)
	errs = append(errs, validateReader(path.Child("reader"), spec.Reader)...)
	errs = append(errs, validateSealing(path.Child("sealing"), spec.Sealing)...)
	errs = append(errs, validateGenerations(path, spec)...)
	errs = append(errs, validateGateway(path.Child("gateway"), spec.Gateway)...)
	errs = append(errs, validateGKE(path.Child("gke"), spec.GKE)...)
	return append(errs, validateInstalled(path.Child("installed"), spec.Installed)...)
}

// validateClusterID: istiod accepts any key of a remote secret as an ID. A rule reports IDs that are not valid
// labels.
func validateClusterID(path *field.Path, id string) []Problem {
	if id == "" || len(validation.IsConfigMapKey(id)) == 0 {
		return nil
	}
	return []Problem{invalid(path, id, "must be a Secret key, at most 253 characters",
		"use letters, digits, '-', '_' and '.', such as cn-acme-prod-us-east1-east")}
}

// validateContext: kubectl accepts any name, but an invisible character is a typo, or an attack on readers of a
// terminal or of a command to copy.
func validateContext(path *field.Path, context string) []Problem {
	if !printable.Text(context) {
		return []Problem{invalid(path, context, "must not contain unprintable characters",
			"copy the name from: kubectl config get-contexts -o name")}
	}
	if isToken(context) {
		return []Problem{invalid(path, context, "must be the name of a context, not a token",
			"copy the name from: kubectl config get-contexts -o name")}
	}
	return nil
}

// maxUID is more than the 36 characters of Kubernetes UIDs.
const maxUID = 128

// IsUID reports whether a text can be the UID of an object. Kubernetes generates UUIDs, and treats them as opaque.
func IsUID(text string) bool {
	return len(text) <= maxUID && regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`).MatchString(text)
}

func validateUID(path *field.Path, uid string) []Problem {
	if uid == "" || IsUID(uid) {
		return nil
	}
	return []Problem{invalid(path, uid, "must be the UID of namespace kube-system",
		"read it from the cluster: kubectl mesh collect --pin")}
}

// isToken distinguishes a JSON Web Token (RFC 7519) from a name, because names of contexts are committed and shown.
func isToken(text string) bool {
	return strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2
}

func validateCIDRs(path *field.Path, cidrs []string) []Problem {
	var errs []Problem
	for i, cidr := range cidrs {
		if len(errs) > maxErrors {
			break
		}
		errs = append(errs, validateCIDR(path.Index(i), cidr)...)
	}
	return errs
}

// validateCIDR rejects host bits: gcloud accepts 10.1.2.3/16, but its API does not.
func validateCIDR(path *field.Path, cidr string) []Problem {
	prefix, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil:
		return []Problem{invalid(path, cidr, "must be a range of addresses", "use a form such as 10.8.0.0/14")}
	case prefix != prefix.Masked():
		return []Problem{invalid(path, cidr, "must not have bits set after its mask", "write "+prefix.Masked().String())}
	}
	return nil
}

func validateLocality(path *field.Path, locality *Locality) []Problem {
	if locality == nil {
		return nil
	}
	var errs []Problem
	if locality.Zone != "" && locality.Region == "" {
		errs = append(errs, required(path.Child("region"), "a zone requires its region"))
	}
	if locality.Subzone != "" && locality.Zone == "" {
		errs = append(errs, required(path.Child("zone"), "a subzone requires its zone"))
	}
	for _, part := range []struct{ name, value string }{
		{name: "region", value: locality.Region},
		{name: "zone", value: locality.Zone},
		{name: "subzone", value: locality.Subzone},
	} {
		if part.value != "" && len(validation.IsValidLabelValue(part.value)) > 0 {
			errs = append(errs, invalid(path.Child(part.name), part.value, "must be a label value",
				"use letters, digits, '-', '_' and '.', such as us-east1"))
		}
	}
	return errs
}

func validateIstio(path *field.Path, istio Istio) []Problem {
	errs := validateEnum(path.Child("distribution"), istio.Distribution,
		DistributionIstio, DistributionSolo, DistributionCSM)
	errs = append(errs, validateEnum(path.Child("dataPlane"), istio.DataPlane, DataPlaneSidecar, DataPlaneAmbient)...)
	if istio.Version != "" && !upstream.IsFull(istio.Version) {
		remedy := `use all three numbers, in quotes: "1.31.1"`
		if plain := strings.TrimPrefix(istio.Version, "v"); upstream.IsFull(plain) {
			remedy = "write " + plain + ", without v"
		}
		errs = append(errs, invalid(path.Child("version"), istio.Version, "must be a full version", remedy))
	}
	if istio.Namespace != "" {
		errs = append(errs, validateLabel(path.Child("namespace"), istio.Namespace, defaultNamespace)...)
	}
	if istio.Revision != "" {
		errs = append(errs, validateLabel(path.Child("revision"), istio.Revision, "1-30-2")...)
	}
	errs = append(errs, validateImage(path.Child("hub"), istio.Hub)...)
	errs = append(errs, validateSecretRef(path.Child("licenseSecretRef"), istio.LicenseSecretRef)...)
	return append(errs, validateEnum(path.Child("multiclusterMode"), istio.MulticlusterMode,
		MulticlusterConnected, MulticlusterManual)...)
}

func validateSecretRef(path *field.Path, ref *SecretRef) []Problem {
	if ref == nil {
		return nil
	}
	var errs []Problem
	if len(validation.IsDNS1123Subdomain(ref.Name)) > 0 {
		errs = append(errs, invalid(path.Child("name"), ref.Name,
			"must be the name of a Secret", "use a-z, 0-9, '-' and '.', such as solo-license"))
	}
	if ref.Namespace != "" {
		errs = append(errs, validateLabel(path.Child("namespace"), ref.Namespace, defaultNamespace)...)
	}
	return errs
}

// validateImage accepts the name of an image: host, port, path, tag and digest
// (https://github.com/distribution/reference), without a scheme.
func validateImage(path *field.Path, image string) []Problem {
	const signs = "._-/:@"
	plain := only(image, signs+"ABCDEFGHIJKLMNOPQRSTUVWXYZ") && !strings.Contains(image, "//")
	if image == "" || plain && len(image) <= 512 && strings.Trim(image, signs) == image {
		return nil
	}
	return []Problem{invalid(path, image,
		"must be the name of an image or of a registry",
		"use a form such as registry.example.com:5000/istio, without https://")}
}

func validateGateway(path *field.Path, gateway *Gateway) []Problem {
	if gateway == nil {
		return nil
	}
	errs := validateEnum(path.Child("service"), gateway.Service, ServiceLoadBalancer, ServiceNodePort)
	errs = append(errs, validateEnum(path.Child("api"), gateway.API, GatewayAPIKubernetes, GatewayAPIIstio)...)
	if gateway.Namespace != "" {
		errs = append(errs, validateLabel(path.Child("namespace"), gateway.Namespace, soloGatewayHome)...)
	}
	errs = append(errs, validateEnum(path.Child("workload"), gateway.Workload, WorkloadEastWest, WorkloadIngress)...)
	if gateway.XDSPort < 0 || gateway.XDSPort > 65535 {
		errs = append(errs, invalid(path.Child("xdsPort"), strconv.Itoa(int(gateway.XDSPort)), "must be a port, 1 to 65535",
			"set the node port of the gateway's port 15012"))
	}
	if gateway.NodePort < 0 || gateway.NodePort > 65535 {
		errs = append(errs, invalid(path.Child("nodePort"), strconv.Itoa(int(gateway.NodePort)), "must be a port, 1 to 65535",
			"set the node port of the gateway's port 15443"))
	}
	for i, address := range gateway.Addresses {
		if !isHost(address) {
			errs = append(errs, invalid(path.Child("addresses").Index(i), address,
				"must be an IP address or a host name", "omit scheme, port and path"))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(gateway.Annotations)) {
		if len(errs) > maxErrors {
			break
		}
		if len(validation.IsQualifiedName(strings.ToLower(key))) > 0 {
			errs = append(errs, invalid(path.Child("annotations"), key, "must be an annotation key",
				"use a form such as networking.gke.io/load-balancer-type"))
		}
	}
	return errs
}

// isHost accepts an IP address, or a DNS name that is not a malformed address. An address with a zone is valid on one
// machine only, and a zone can be any text.
func isHost(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Zone() == ""
	}
	digits := !strings.ContainsFunc(host, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	return !digits && len(validation.IsDNS1123Subdomain(host)) == 0
}
