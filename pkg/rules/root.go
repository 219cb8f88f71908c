package rules

import (
	"fmt"
	"slices"

	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Root is a root certificate in trust/.
type Root struct {
	File string
	// SHA256 of the certificate, and of its public key, in lower-case hexadecimal digits.
	SHA256, KeySHA256 string
	Subject           string
	NotAfter          time.Time
	// Signs are the clusters whose certificates lead to it, sorted.
	Signs []string
}

func (r Root) String() string { return fmt.Sprintf("root %s (SHA-256 %s)", r.Subject, r.SHA256) }

// rootsEdit returns the edit of mesh.yaml that pins these roots.
func (in Input) rootsEdit(roots []string) string {
	return v1alpha1.RootsEdit(v1alpha1.Pins{Roots: in.Mesh.Spec.Trust.CA.Roots, Below: in.PinsBelow}, roots)
}

// compareFirst makes a pin trustworthy.
const compareFirst = "compare the fingerprint with the owner of the root over another channel; then, "

func unpinnedRoot() Rule {
	return Rule{
		ID:       "MESH065",
		Severity: mesh.SeverityError,
		Firm:     true,
		partial:  true,
		Title:    "A root in trust/ is not pinned",
		Why: "The holder of a root key can impersonate every workload of the mesh. spec.trust.ca.roots lists the roots " +
			"that reviewers approved. A root that is not in the list was added to trust/ without approval.",
		Remedy: "Compare the SHA-256 of the root with its owner over another channel, then add it to " +
			"spec.trust.ca.roots; or restore trust/root-cert.pem. During a root rotation both roots are pinned, and after " +
			"joining two meshes the roots of both.",
		find: func(in Input) []finding {
			pins := in.Mesh.Spec.Trust.CA.Roots
			if len(pins) == 0 {
				return nil
			}
			var found []finding
			for _, root := range in.Roots {
				if !slices.Contains(pins, root.SHA256) {
					found = append(found, finding{clusters: root.Signs, file: root.File, message: root.String() + " is not pinned",
						hint: compareFirst + in.rootsEdit(slices.Concat(pins, rootSums(in.Roots)))})
				}
			}
			return found
		},
	}
}

func rootSums(roots []Root) []string {
	sums := make([]string, len(roots))
	for i, root := range roots {
		sums[i] = root.SHA256
	}
	return sums
}

func foreignRoot() Rule {
	return Rule{
		ID:       "MESH066",
		Severity: mesh.SeverityWarning,
		Title:    "A cluster trusts a root that is not pinned",
		Why: "kubectl mesh collect has found a root in the cluster (installed.rootSHA256) that spec.trust.ca.roots does " +
			"not list. An istiod without certificates of the mesh created a root of its own; or the cluster belongs to " +
			"another mesh; or a root rotation has not reached it yet.",
		Remedy: "Apply the certificates of the mesh to the cluster and collect again. Pin the root only if it belongs to " +
			"the mesh, after its owner confirmed the fingerprint.",
		find: func(in Input) []finding {
			pins := in.Mesh.Spec.Trust.CA.Roots
			if len(pins) == 0 {
				return nil
			}
			var found []finding
			for _, trusted := range trustedRoots(in) {
				if slices.Contains(pins, trusted.sum) || slices.Contains(rootSums(in.Roots), trusted.sum) { // MESH065
					continue
				}
				found = append(found, finding{
					clusters: trusted.clusters,
					field:    "spec.trust.ca.roots",
					message: fmt.Sprintf("%s trust%s a root that is not pinned: SHA-256 %s",
						abridged(trusted.clusters), verbEnding(trusted.clusters), trusted.sum),
					hint: "apply the certificates of the mesh and collect again: kubectl mesh render --apply; if the root belongs " +
						"to the mesh, " + compareFirst + in.rootsEdit(append(slices.Clone(pins), trusted.sum)),
				})
			}
			return found
		},
	}
}

// verbEnding returns the ending of a verb in the third person.
func verbEnding(names []string) string {
	if len(names) == 1 {
		return "s"
	}
	return ""
}

// trustedRoot is a root that clusters trust.
type trustedRoot struct {
	sum      string
	clusters []string
}

// trustedRoots returns the roots that clusters trust, without duplicates, in the order of the clusters.
func trustedRoots(in Input) []trustedRoot {
	var all []trustedRoot
	known := map[string]int{}
	for _, cluster := range in.Mesh.Spec.Clusters {
		if cluster.Installed == nil {
			continue
		}
		for _, sum := range cluster.Installed.RootSHA256 {
			i, ok := known[sum]
			if !ok {
				i, known[sum] = len(all), len(all)
				all = append(all, trustedRoot{sum: sum})
			}
			all[i].clusters = append(all[i].clusters, cluster.Name)
		}
	}
	return all
}

func unpinnedMesh() Rule {
	return Rule{
		ID: "MESH067", Severity: mesh.SeverityWarning, partial: true,
		Title: "The roots of the mesh are not pinned",
		Why: "The holder of a root key can impersonate every workload of the mesh. Without spec.trust.ca.roots a change " +
			"of trust/root-cert.pem is a change of base64 text that cannot be reviewed. With it, the change is rejected " +
			"until mesh.yaml matches.",
		Remedy: "Add the SHA-256 of each root to spec.trust.ca.roots. kubectl mesh ca status prints it.",
		find: func(in Input) []finding {
			if len(in.Mesh.Spec.Trust.CA.Roots) > 0 || len(in.Roots) == 0 {
				return nil
			}
			names := make([]string, len(in.Roots))
			for i, root := range in.Roots {
				names[i] = root.Subject
			}
			return []finding{{field: "spec.trust.ca.roots", message: "the roots of the mesh are not pinned: " + abridged(names),
				hint: in.rootsEdit(rootSums(in.Roots))}}
		},
	}
}

func missingRoot() Rule {
	return Rule{
		ID:       "MESH068",
		Severity: mesh.SeverityWarning,
		partial:  true,
		Title:    "A pinned root is missing",
		Why: "spec.trust.ca.roots lists a root that is neither in trust/ nor in any cluster. The list allows more than " +
			"the mesh requires: a former root would be accepted again. Or the fingerprint is not that of the certificate.",
		Remedy: "Remove the entry after the root rotation. kubectl mesh ca status prints the fingerprints of the roots " +
			"in use.",
		find: func(in Input) []finding {
			trusted := trustedRoots(in)
			if len(in.Roots)+len(trusted) == 0 {
				return nil
			}
			there := rootSums(in.Roots)
			for _, root := range trusted {
				there = append(there, root.sum)
			}
			pins := in.Mesh.Spec.Trust.CA.Roots
			var found []finding
			for i, pin := range pins {
				if !slices.Contains(there, pin) {
					found = append(found, absentPin(in, i))
				}
			}
			return found
		},
	}
}

// absentPin reports a pin without a root.
func absentPin(in Input, i int) finding {
	roots, pins := in.Roots, in.Mesh.Spec.Trust.CA.Roots
	others := slices.Delete(slices.Clone(pins), i, i+1)
	of := slices.IndexFunc(roots, func(root Root) bool { return root.KeySHA256 == pins[i] })
	if of >= 0 {
		return finding{
			field: rootField(i),
			message: fmt.Sprintf("%s is the SHA-256 of the public key of %s, not of the certificate",
				pins[i], roots[of].Subject),
			hint: in.rootsEdit(append(others, roots[of].SHA256)),
		}
	}
	return finding{
		field:   rootField(i),
		message: fmt.Sprintf("the pinned root %s is neither in trust/ nor in a cluster", pins[i]),
		hint:    in.rootsEdit(others),
	}
}

func rootField(i int) string { return fmt.Sprintf("spec.trust.ca.roots[%d]", i) }

func unusedRoots() Rule {
	return Rule{
		ID:       "MESH070",
		Severity: mesh.SeverityWarning,
		partial:  true,
		Title:    "Trusted roots sign for no cluster",
		Why: "trust/root-cert.pem has three roots or more, and no cluster's certificate chains to some of them: it may " +
			"be a bundle of a company or an operating system. The holder of such a root's key can impersonate every " +
			"workload of the mesh. During a rotation one of two roots signs for no cluster; that is not reported.",
		Remedy: "Keep only the roots under which clusters sign in trust/root-cert.pem.",
		find: func(in Input) []finding {
			const rotation = 2
			var unused []string
			for _, root := range in.Roots {
				if len(root.Signs) == 0 {
					unused = append(unused, root.Subject)
				}
			}
			if len(in.Roots) <= rotation || unused == nil {
				return nil
			}
			return []finding{{
				file:    in.Roots[0].File,
				message: fmt.Sprintf("%d of %d roots sign for no cluster: %s", len(unused), len(in.Roots), abridged(unused)),
				hint:    "remove them from " + in.Roots[0].File,
			}}
		},
	}
}

// rootEndNear is how long before its expiry a root is reported: all clusters of all sites must complete three phases.
const rootEndNear = 180 * 24 * time.Hour

func expiringRoots() Rule {
	return Rule{
		ID: "MESH071", Severity: mesh.SeverityWarning, partial: true,
		Title: "A root expires soon",
		Why: "No certificate is valid longer than its root. When the root expires, every call between its workloads fails. " +
			"A root rotation takes three phases in every cluster, with days between them.",
		Remedy: "Rotate the root: kubectl mesh ca rotate --root.",
		find: func(in Input) []finding {
			var found []finding
			for _, root := range in.Roots {
				if in.Now.IsZero() || root.NotAfter.IsZero() || root.NotAfter.Sub(in.Now) > rootEndNear {
					continue
				}
				verb := "expires"
				if in.Now.After(root.NotAfter) {
					verb = "expired"
				}
				found = append(found, finding{
					clusters: root.Signs,
					file:     root.File,
					message:  fmt.Sprintf("the root %s %s on %s", root.Subject, verb, root.NotAfter.UTC().Format(time.DateOnly)),
					hint:     "kubectl mesh ca rotate --root",
				})
			}
			return found
		},
	}
}
