package rules

import (
	"cmp"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Certificate describes the certificates of a cluster in trust/.
type Certificate struct {
	Cluster, File string
	// Missing is set if the cluster has none, while others have some.
	Missing bool
	// Problem explains why istiod or its peers would reject them; empty if they would not.
	Problem string
	// Hint is the remedy; empty if a new certificate solves the problem.
	Hint string
	// KeySHA256 is the SHA-256 of the signing certificate's public key; empty if unknown.
	KeySHA256 string
	// NotBefore and NotAfter are their validity.
	NotBefore, NotAfter time.Time
}

func refusedCertificates() Rule {
	return Rule{
		ID: "MESH029", Severity: mesh.SeverityError, Firm: true, partial: true,
		Title: "istiod would reject the certificates",
		Why: "istiod does not start with certificates that do not chain to a root, do not match their key, cannot sign " +
			"certificates, have expired or are incomplete. It does start with publicly known keys, which anyone can use; " +
			"and under a CA that cannot authenticate clients, or that excludes the names of workloads, where no peer " +
			"accepts its certificates.",
		Remedy: "Issue them with kubectl mesh ca issue, or import them from your own CA with " +
			"kubectl mesh ca import.",
		find: func(in Input) []finding {
			var found []finding
			for _, certificate := range in.Certificates {
				if certificate.Problem != "" {
					found = append(found, finding{
						clusters: []string{certificate.Cluster},
						file:     certificate.File,
						message:  certificate.Problem,
						hint:     cmp.Or(certificate.Hint, "rotate it: kubectl mesh ca rotate --cluster "+certificate.Cluster),
					})
				}
			}
			return found
		},
	}
}

func missingCertificates() Rule {
	return Rule{
		ID: "MESH030", Severity: mesh.SeverityIncomplete, partial: true,
		Title: "Certificates are missing for some clusters",
		Why: "An istiod without certificates of the mesh creates a root of its own. No other cluster trusts it: " +
			"every call to and from the cluster fails in mutual TLS.",
		Remedy: "Issue certificates for every cluster with a control plane: kubectl mesh ca issue --all.",
		find: func(in Input) []finding {
			var found []finding
			for _, certificate := range in.Certificates {
				if certificate.Missing {
					found = append(found, finding{clusters: []string{certificate.Cluster}, file: certificate.File,
						message: "no certificates for " + certificate.Cluster + ", but other clusters have them",
						hint:    "kubectl mesh ca issue --cluster " + certificate.Cluster})
				}
			}
			return found
		},
	}
}

// endNear is how long before its expiry a certificate is reported: as long as a manual rotation takes.
const endNear = 60 * 24 * time.Hour

func expiringCertificates() Rule {
	return Rule{
		ID: "MESH031", Severity: mesh.SeverityWarning, partial: true,
		Title: "A signing certificate expires soon",
		Why: "The certificates that istiod signs expire no later than its own. After that, no workload gets another " +
			"one, and the cluster's calls fail within a day.",
		Remedy: "Rotate it under the same root: kubectl mesh ca rotate --cluster NAME. istiod picks it up " +
			"without a restart.",
		find: func(in Input) []finding {
			var found []finding
			for _, certificate := range in.Certificates {
				if in.Now.IsZero() || certificate.NotAfter.IsZero() || certificate.NotAfter.Sub(in.Now) > endNear {
					continue
				}
				verb := "expires"
				if in.Now.After(certificate.NotAfter) {
					verb = "expired"
				}
				found = append(found, finding{
					clusters: []string{certificate.Cluster},
					file:     certificate.File,
					message: fmt.Sprintf("the certificate of %s %s on %s",
						certificate.Cluster, verb, certificate.NotAfter.UTC().Format(time.DateOnly)),
					hint: "kubectl mesh ca rotate --cluster " + certificate.Cluster,
				})
			}
			return found
		},
	}
}

func youngCertificates() Rule {
	return Rule{
		ID: "MESH072", Severity: mesh.SeverityWarning, partial: true,
		Title: "A signing certificate is not valid yet",
		Why: "istiod does not start with a certificate that is not valid yet. The clock of the signing CA is ahead of the " +
			"clusters' clocks, or the certificate has a later start.",
		Remedy: "Correct the clock and sign the certificate again, or apply it once it is valid.",
		find: func(in Input) []finding {
			var found []finding
			for _, certificate := range in.Certificates {
				if !in.Now.IsZero() && certificate.NotBefore.After(in.Now) {
					found = append(found, finding{
						clusters: []string{certificate.Cluster},
						file:     certificate.File,
						message: fmt.Sprintf("the certificate of %s is not valid before %s",
							certificate.Cluster, certificate.NotBefore.UTC().Format(time.RFC3339)),
						hint: "compare the clocks of this machine and of the CA",
					})
				}
			}
			return found
		},
	}
}

func sharedSigningKey() Rule {
	return Rule{
		ID:       "MESH069",
		Severity: mesh.SeverityError,
		partial:  true,
		Title:    "Two clusters sign with the same key",
		Why: "The key is in Secret cacerts of both clusters: anyone who can read it in one can sign for the other, and " +
			"it cannot be replaced in one of them only. A frequent cause is an import of another cluster's files.",
		Remedy: "Use a separate key for each cluster: kubectl mesh ca rotate --cluster NAME, or ca request and ca import " +
			"with your own CA.",
		find: func(in Input) []finding {
			var keys []string
			holders := map[string][]Certificate{}
			for _, certificate := range in.Certificates {
				if certificate.KeySHA256 == "" {
					continue
				}
				if holders[certificate.KeySHA256] == nil {
					keys = append(keys, certificate.KeySHA256)
				}
				holders[certificate.KeySHA256] = append(holders[certificate.KeySHA256], certificate)
			}
			var found []finding
			for _, key := range keys {
				if len(holders[key]) > 1 {
					found = append(found, oneKey(key, holders[key]))
				}
			}
			return found
		},
	}
}

// oneKey reports clusters that share a key; the last of them is the one to change.
func oneKey(key string, holders []Certificate) finding {
	var names []string
	for _, holder := range holders {
		names = append(names, holder.Cluster)
	}
	last := holders[len(holders)-1]
	return finding{
		clusters: names,
		file:     last.File,
		message:  fmt.Sprintf("%s sign with the same key: SHA-256 %s", abridged(names), key),
		hint:     "create another key for " + last.Cluster + ": kubectl mesh ca rotate --cluster " + last.Cluster,
	}
}

func unnamedAuthority() Rule {
	return Rule{
		ID: "MESH032", Severity: mesh.SeverityWarning,
		Title: "The issuer of the certificates is not set",
		Why: "With provider certManager or external, Secret cacerts is rendered only if mesh.yaml names the issuer " +
			"or the store. Without the Secret each istiod creates a root of its own.",
		Remedy: "Set spec.trust.ca.issuerRef or spec.trust.ca.external; or set provider: none, if something else provides " +
			"the Secret.",
		find: func(in Input) []finding {
			ca := in.Mesh.Spec.Trust.CA
			switch {
			case ca.Provider == v1alpha1.CAProviderCertManager && ca.IssuerRef == nil:
				return []finding{{field: "spec.trust.ca.issuerRef", message: "no issuer is set for the clusters' certificates",
					hint: "set issuerRef: {name: NAME}"}}
			case ca.Provider == v1alpha1.CAProviderExternal && ca.External == nil:
				return []finding{{field: "spec.trust.ca.external", message: "no secret store is set for the clusters' certificates",
					hint: "set external: {secretStoreRef: {name: NAME}}"}}
			}
			return nil
		},
	}
}
