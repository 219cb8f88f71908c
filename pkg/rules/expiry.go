package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

func endlessTokens() Rule {
	return Rule{
		ID:       "MESH040",
		Severity: mesh.SeverityError,
		Title:    "Reader tokens never expire",
		Why: "The token in a token Secret never expires. Anyone who obtains it can read every Secret of the cluster " +
			"until it is revoked. Such Secrets are rendered only if mesh.yaml allows them.",
		Remedy: "Use a credential that expires: reader.auth clientCertificate or federated. Or allow such tokens, in " +
			"spec.reader or in reader of a cluster: allowNonExpiring: true; then rotate them: kubectl mesh credentials " +
			"rotate.",
		find: func(in Input) []finding {
			var names []string
			for cluster := range in.Graph.Clusters() {
				if access.UsesAccount(cluster) && !*cluster.Reader.AllowNonExpiring && in.Graph.IsTarget(cluster.Name) {
					names = append(names, cluster.Name)
				}
			}
			if names == nil {
				return nil
			}
			return []finding{{
				clusters: names,
				field:    "spec.reader.allowNonExpiring",
				message:  "the reader tokens for " + abridged(names) + " never expire",
				hint: "allow it: set reader: {allowNonExpiring: true} in spec; or use credentials that expire: reader: {auth: " +
					"clientCertificate}, kubectl mesh explain spec.reader.auth",
			}}
		},
	}
}

// abridged lists the first few names.
func abridged(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

func revokedReaders() Rule {
	return Rule{
		ID:       "MESH041",
		Severity: mesh.SeverityWarning,
		Title:    "A consumer's credential for a linked target is revoked",
		Why: "All credentials of the control plane for this cluster are revoked. It no longer discovers the cluster's " +
			"endpoints, so calls over the link fail.",
		Remedy: "Grant access with a new credential: kubectl mesh credentials rotate --link FROM-TO; or remove the link " +
			"from spec.links.",
		find: func(in Input) []finding {
			var found []finding
			for consumer := range in.Graph.Clusters() {
				for target := range in.Graph.Revoked(consumer.Name) {
					i := slices.IndexFunc(in.Mesh.Spec.Clusters, func(c v1alpha1.Cluster) bool { return c.Name == target.Name })
					found = append(found, finding{
						clusters: []string{target.Name, consumer.Name},
						field:    at(i, "revokedReaders"),
						message: fmt.Sprintf("%s cannot read %s: generation %d of its credential is revoked",
							consumer.Name, target.Name, target.RevokedReaders[consumer.Name]),
						hint: fmt.Sprintf("kubectl mesh credentials rotate --link %s:%s; or remove the link", consumer.Name, target.Name),
					})
				}
			}
			return found
		},
	}
}

// credentialNear is how long before its expiry a credential is reported, which leaves time for manual work. A
// short-lived one is reported in the last third of its validity.
const credentialNear = 14 * 24 * time.Hour

func endingCredentials() Rule {
	return Rule{
		ID:       "MESH042",
		Severity: mesh.SeverityWarning,
		partial:  true,
		Title:    "A reader credential expires soon",
		Why: "When it expires, the control plane receives no more changes of that cluster: its endpoints become stale, and " +
			"calls fail as pods change. Rendering does not depend on the clock; an apply refuses expired credentials.",
		Remedy: "Rotate it: kubectl mesh credentials rotate --link FROM-TO; or, for a requested token: kubectl mesh " +
			"collect --token=request.",
		find: func(in Input) []finding {
			var found []finding
			for _, c := range in.Credentials {
				near := credentialNear
				if third := c.NotAfter.Sub(c.NotBefore) / 3; !c.NotBefore.IsZero() {
					near = min(near, third)
				}
				if in.Now.IsZero() || c.NotAfter.IsZero() || c.NotAfter.Sub(in.Now) > near {
					continue
				}
				verb := "expires"
				if !c.NotAfter.After(in.Now) {
					verb = "expired"
				}
				found = append(found, finding{
					clusters: []string{c.Target, c.Consumer},
					file:     c.File,
					message: fmt.Sprintf("the credential of %s for %s %s at %s",
						c.Consumer, c.Target, verb, c.NotAfter.UTC().Format(time.RFC3339)),
					hint: fmt.Sprintf("kubectl mesh credentials rotate --link %s:%s", c.Consumer, c.Target),
				})
			}
			return found
		},
	}
}

func unknownReaders() Rule {
	return Rule{
		ID:       "MESH043",
		Severity: mesh.SeverityWarning,
		Title:    "readerGenerations names an unknown reader",
		Why: "The keys of readerGenerations and revokedReaders are names of consumers. A name that no cluster has is a " +
			"typo, and the intended generation has no effect; or it is the name of a removed cluster.",
		Remedy: "Correct the name. If the cluster was removed, keep the entry while other readers share the account; " +
			"otherwise remove it.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				names := slices.AppendSeq(slices.Collect(maps.Keys(cluster.ReaderGenerations)), maps.Keys(cluster.RevokedReaders))
				slices.Sort(names)
				for _, name := range slices.Compact(names) {
					if _, known := in.Graph.Cluster(name); known {
						continue
					}
					hint := "correct it, or remove it from " + layout.State()
					if near, ok := nearest.Name(name, in.Graph.Names()); ok {
						hint = fmt.Sprintf("did you mean %q?", near)
					}
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "readerGenerations"),
						message: fmt.Sprintf("generations are set for %q, but no cluster has that name", name), hint: hint})
				}
			}
			return found
		},
	}
}
