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
		ID: "MESH040", Severity: mesh.SeverityError,
		Title: "Tokens of readers never expire",
		Why: "The token that an API server puts into a token Secret never expires. Whoever gets hold of it reads every Secret of the cluster " +
			"until it is revoked. Such Secrets are rendered only where mesh.yaml allows them.",
		Remedy: "Use a credential that expires: reader.auth clientCertificate or federated. Or allow such tokens, in spec.reader or in reader of " +
			"a cluster: allowNonExpiring: true; then rotate them: kubectl mesh credentials rotate.",
		find: func(in Input) []finding {
			var names []string
			for cluster := range in.Graph.Clusters() {
				if access.UsesAccount(cluster) && !*cluster.Reader.AllowNonExpiring && in.Graph.IsRead(cluster.Name) {
					names = append(names, cluster.Name)
				}
			}
			if names == nil {
				return nil
			}
			return []finding{{clusters: names, field: "spec.reader.allowNonExpiring",
				message: "the reader tokens for " + abridged(names) + " never expire",
				hint: "allow it: write reader: {allowNonExpiring: true} below spec; or use credentials that expire: reader: {auth: clientCertificate}, " +
					"kubectl mesh explain spec.reader.auth"}}
		},
	}
}

// abridged names the first few of many.
func abridged(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

func cutOffReaders() Rule {
	return Rule{
		ID: "MESH041", Severity: mesh.SeverityWarning,
		Title: "A control plane is cut off from a cluster that it should read",
		Why: "Every credential with which it read the cluster was revoked, and no other is to be made. It learns no endpoints of that cluster " +
			"any more: calls over the link fail.",
		Remedy: "Let it in with a new credential: kubectl mesh credentials rotate --link FROM-TO; or take the link out of spec.links.",
		find: func(in Input) []finding {
			var found []finding
			for consumer := range in.Graph.Clusters() {
				for target := range in.Graph.CutOff(consumer.Name) {
					i := slices.IndexFunc(in.Mesh.Spec.Clusters, func(c v1alpha1.Cluster) bool { return c.Name == target.Name })
					found = append(found, finding{clusters: []string{target.Name, consumer.Name}, field: at(i, "revokedReaders"),
						message: fmt.Sprintf("%s is cut off from %s: generation %d of its credential was revoked", consumer.Name, target.Name, target.RevokedReaders[consumer.Name]),
						hint:    fmt.Sprintf("kubectl mesh credentials rotate --link %s:%s; or take the link out", consumer.Name, target.Name)})
				}
			}
			return found
		},
	}
}

// credentialNear is how long before its end a credential is spoken of: time enough for a person. One
// that never lives long is spoken of in the last third of its life.
const credentialNear = 14 * 24 * time.Hour

func endingCredentials() Rule {
	return Rule{
		ID: "MESH042", Severity: mesh.SeverityWarning, partial: true,
		Title: "A credential of a reader ends soon",
		Why: "When it has ended, the control plane that reads with it learns no more changes of that cluster: what it knows grows old, and " +
			"calls fail as pods come and go. A rendering does not look at the clock; an apply refuses what has ended.",
		Remedy: "Change it: kubectl mesh credentials rotate --link FROM-TO; or, for a token that was requested, kubectl mesh collect --token=request.",
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
				verb := "ends"
				if !c.NotAfter.After(in.Now) {
					verb = "has ended"
				}
				found = append(found, finding{clusters: []string{c.Target, c.Consumer}, file: c.File,
					message: fmt.Sprintf("the credential with which %s reads %s %s at %s", c.Consumer, c.Target, verb, c.NotAfter.UTC().Format(time.RFC3339)),
					hint:    fmt.Sprintf("kubectl mesh credentials rotate --link %s:%s", c.Consumer, c.Target)})
			}
			return found
		},
	}
}

func unknownReaders() Rule {
	return Rule{
		ID: "MESH043", Severity: mesh.SeverityWarning,
		Title: "Generations are written of a reader that there is not",
		Why: "readerGenerations and revokedReaders go by the name of the cluster whose control plane reads. A name that no cluster has is a " +
			"slip, and the generation that is meant does not count; or it is that of a cluster that has left.",
		Remedy: "Correct the name. If the cluster has left, leave the entry as long as others share the account, and else remove it.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				names := slices.Concat(slices.Collect(maps.Keys(cluster.ReaderGenerations)), slices.Collect(maps.Keys(cluster.RevokedReaders)))
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
						message: fmt.Sprintf("generations of %q are written, and no cluster has that name", name), hint: hint})
				}
			}
			return found
		},
	}
}
