package v1alpha1

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// Validate validates the structure of a mesh before defaults are set. It returns every problem, with its field path.
// Kinds of credentials are validated by pkg/access.
func Validate(mesh *Mesh) []Problem {
	errs := validateLabel(field.NewPath("metadata", "name"), mesh.Metadata.Name, "shop")
	return append(errs, validateSpec(field.NewPath("spec"), &mesh.Spec)...)
}

func validateSpec(path *field.Path, spec *MeshSpec) []Problem {
	errs := validateIstio(path.Child("istio"), spec.Istio)
	errs = append(errs, validateEnum(path.Child("discovery"), spec.Discovery,
		DiscoveryRemoteSecret, DiscoveryPeering, DiscoveryFleet)...)
	errs = append(errs, validateDiscovery(path, spec)...)
	errs = append(errs, validateTrust(path.Child("trust"), spec.Trust)...)
	errs = append(errs, validateReader(path.Child("reader"), spec.Reader)...)
	errs = append(errs, validateSealing(path.Child("sealing"), spec.Sealing)...)
	errs = append(errs, validateInherited(path, spec)...)
	errs = append(errs, validateFleet(path.Child("fleet"), spec.Fleet)...)
	errs = append(errs, validateImage(path.Child("sample", "image"), spec.Sample.Image)...)
	errs = append(errs, validateImage(path.Child("sample", "clientImage"), spec.Sample.ClientImage)...)
	errs = append(errs, validateFirewall(path.Child("firewall"), spec.Firewall)...)
	clusters := newRoster(spec.Clusters)
	errs = append(errs, validateClusters(path.Child("clusters"), spec.Clusters, clusters)...)
	errs = append(errs, validateLinks(path.Child("links"), spec.Links, clusters)...)
	errs = append(errs, validateSites(path.Child("sites"), spec.Sites, clusters)...)
	return append(errs, validateWaivers(path.Child("waivers"), spec.Waivers, clusters)...)
}

// validateDiscovery: each discovery mode belongs to one distribution, and a fleet has no partial mesh.
func validateDiscovery(path *field.Path, spec *MeshSpec) []Problem {
	var errs []Problem
	wants := map[Discovery]Distribution{DiscoveryPeering: DistributionSolo, DiscoveryFleet: DistributionCSM}
	want, bound := wants[spec.Discovery]
	if !bound {
		return nil
	}
	check := func(path *field.Path, have Distribution) {
		if have != want {
			errs = append(errs, invalid(path.Child("distribution"), string(have),
				fmt.Sprintf("discovery %s requires distribution %s", spec.Discovery, want),
				fmt.Sprintf("set distribution: %s, or another spec.discovery", want)))
		}
	}
	inherits := func(c Cluster) bool { return c.Istio.Distribution == "" }
	if slices.ContainsFunc(spec.Clusters, inherits) {
		check(path.Child("istio"), orIstio(spec.Istio.Distribution))
	}
	for i, cluster := range spec.Clusters {
		if cluster.Istio.Distribution != "" {
			check(path.Child("clusters").Index(i).Child("istio"), cluster.Istio.Distribution)
		}
	}
	if spec.Discovery == DiscoveryFleet && spec.Links != nil {
		errs = append(errs, forbidden(path.Child("links"),
			"a fleet links every cluster with every other cluster", "remove spec.links"))
	}
	return errs
}

func orIstio(distribution Distribution) Distribution {
	if distribution == "" {
		return DistributionIstio
	}
	return distribution
}

func validateTrust(path *field.Path, trust Trust) []Problem {
	errs := validateTrustDomain(path.Child("domain"), trust.Domain)
	for i, alias := range trust.DomainAliases {
		at := path.Child("domainAliases").Index(i)
		if alias == "" {
			errs = append(errs, required(at, "specify a trust domain, or remove the entry"))
		}
		errs = append(errs, validateTrustDomain(at, alias)...)
	}
	return append(errs, validateCA(path.Child("ca"), trust.CA)...)
}

func validateCA(path *field.Path, ca CA) []Problem {
	errs := validateEnum(path.Child("provider"), ca.Provider, CAProviderFiles,
		CAProviderExternal, CAProviderCertManager, CAProviderMeshCA, CAProviderNone)
	errs = append(errs, validateEnum(path.Child("keys"), ca.Keys, CAKeysWorkspace, CAKeysCluster)...)
	errs = append(errs, validateRoots(path.Child("roots"), ca.Roots)...)
	if ref := ca.IssuerRef; ref != nil {
		at := path.Child("issuerRef")
		errs = append(errs, validateEnum(at.Child("kind"), ref.Kind, IssuerNamespaced, IssuerCluster)...)
		if len(validation.IsDNS1123Subdomain(ref.Name)) > 0 {
			errs = append(errs, invalid(at.Child("name"), ref.Name,
				"must be the name of an issuer", "use a-z, 0-9, '-' and '.', such as mesh"))
		}
	}
	return append(errs, validateStore(path.Child("external"), ca.External)...)
}

// validateTrustDomain allows the characters of a trust domain name in a SPIFFE ID (SPIFFE-ID 2.1).
func validateTrustDomain(path *field.Path, domain string) []Problem {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_", r)
	}
	if len(domain) <= 255 && !strings.ContainsFunc(domain, func(r rune) bool { return !plain(r) }) {
		return nil
	}
	return []Problem{invalid(path, domain, "must be a trust domain: at most 255 of a-z, 0-9, '.', '-', '_'",
		"use a form such as cluster.local, without spiffe:// and without a path")}
}

func validateReader(path *field.Path, reader Reader) []Problem {
	var errs []Problem
	// The token Secret has the same name, and up to 31 more characters.
	if name := reader.ServiceAccount; name != "" && (len(validation.IsDNS1123Subdomain(name)) > 0 || len(name) > 253-31) {
		errs = append(errs, invalid(path.Child("serviceAccount"), name,
			"must be the name of a ServiceAccount, at most 222 characters",
			"use a-z, 0-9, '-' and '.', such as "+IstioReaderAccount))
	}
	errs = append(errs, validateURL(path.Child("discoveryURL"), reader.DiscoveryURL,
		"https://issuers.example.com/mesh", "https")...)
	return append(errs, validateStore(path.Child("external"), reader.External)...)
}

func validateStore(path *field.Path, store *ExternalStore) []Problem {
	if store == nil {
		return nil
	}
	ref := store.SecretStoreRef
	errs := validateEnum(path.Child("secretStoreRef", "kind"), ref.Kind, StoreKindNamespaced, StoreKindCluster)
	if len(validation.IsDNS1123Subdomain(ref.Name)) > 0 {
		errs = append(errs, invalid(path.Child("secretStoreRef", "name"), ref.Name,
			"must be the name of a secret store", "use a-z, 0-9, '-' and '.', such as mesh"))
	}
	return errs
}

func validateWaivers(path *field.Path, waivers []Waiver, clusters *roster) []Problem {
	var errs []Problem
	for i, waiver := range waivers {
		at := path.Index(i)
		if waiver.Rule == "" {
			errs = append(errs, required(at.Child("rule"), "specify the rule, such as MESH006"))
		}
		if strings.TrimSpace(waiver.Reason) == "" {
			errs = append(errs, required(at.Child("reason"), "explain why this is acceptable, for the next reviewer"))
		}
		for j, name := range waiver.Clusters {
			if len(errs) > maxErrors {
				return errs
			}
			errs = append(errs, clusters.validate(at.Child("clusters").Index(j), name)...)
		}
	}
	return errs
}

func validateLabel(path *field.Path, name, example string) []Problem {
	switch {
	case name == "":
		return []Problem{required(path, "use a name such as "+example)}
	case len(validation.IsDNS1123Label(name)) > 0:
		remedy := "use a-z, 0-9 and '-', such as " + example
		if lower := strings.ToLower(name); len(validation.IsDNS1123Label(lower)) == 0 {
			remedy = "write " + lower
		}
		return []Problem{invalid(path, name,
			"must be a lower-case DNS-1123 label of at most 63 characters", remedy)}
	}
	return nil
}

func validateEnum[T ~string](path *field.Path, value T, allowed ...T) []Problem {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	names := make([]string, len(allowed))
	for i, name := range allowed {
		names[i] = string(name)
	}
	remedy := "use one of " + strings.Join(names, ", ")
	if near, ok := nearest.Name(string(value), names); ok {
		remedy = fmt.Sprintf("did you mean %q?", near)
	}
	return []Problem{{Error: field.NotSupported(path, value, allowed), Remedy: remedy}}
}
