package changes

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of rendered files.
const (
	heldBack       ID = "MC070"
	released       ID = "MC071"
	errorFound     ID = "MC072"
	warningFound   ID = "MC073"
	otherSettings  ID = "MC074"
	labelsChanged  ID = "MC075"
	objectsChanged ID = "MC076"
)

func renderedKinds() []Kind {
	return []Kind{
		{
			ID:       heldBack,
			Severity: Warning,
			Title:    "File held back",
			Many:     "files held back",
			Why: "The file was rendered before, and now requires an input that does not exist. The old file stays in the " +
				"tree, and its objects in the cluster.",
			Review: "Provide the missing input, or accept that the cluster keeps the old objects.",
		},
		{
			ID:       released,
			Severity: Note,
			Title:    "File no longer held back",
			Many:     "files no longer held back",
			Why:      "The missing input exists, so the file is rendered.",
			Review:   "Render, and review the file.",
		},
		{
			ID:       errorFound,
			Severity: Danger,
			Title:    "Rule error found",
			Many:     "new rule errors",
			Why:      "A rule reports a configuration that does not work. Nothing is rendered until it is fixed or waived.",
			Review:   "Fix it: kubectl mesh validate",
		},
		{
			ID:       warningFound,
			Severity: Warning,
			Title:    "Rule warning found",
			Many:     "new rule warnings",
			Why:      "A rule reports a configuration that is risky, or works only for now.",
			Review:   "Read the rule; its ID is at the end of the finding: kubectl mesh explain ID",
		},
		{
			ID:       otherSettings,
			Severity: Note,
			Title:    "Other setting changed",
			Many:     "other settings changed",
			Why:      "A setting of mesh.yaml or a fact of a cluster changed that no other change covers.",
			Review:   "Review the changed line.",
		},
		{
			ID:       labelsChanged,
			Severity: Note,
			Title:    "Only labels changed",
			Many:     "objects with other labels",
			Why:      "Objects differ only in their labels.",
			Review:   "Verify that nothing selects them by the old labels.",
		},
		{
			ID:       objectsChanged,
			Severity: Note,
			Title:    "Rendered objects changed",
			Many:     "rendered objects changed",
			Why:      "Objects change, but nothing in the summary of the mesh does.",
			Review:   "Review the diff of the rendered tree.",
		},
	}
}

// held compares what cannot be rendered yet. What a new cluster waits for is part of its addition.
func (c *comparison) held() {
	removed, added, _ := match(c.base.Summary.Held, c.head.Summary.Held, inEitherTree)
	for _, file := range added {
		if c.base.has(file.Cluster) && c.wasRendered(file) {
			change := Change{
				Object:   "file/" + file.File,
				Class:    "held",
				Clusters: value(file.Cluster),
				Says:     say("%s can no longer be rendered", file.File),
			}
			if file.Missing != "" {
				change.More = append(change.More, say("missing: %s", file.Missing))
			}
			if file.Next != "" {
				change.More = append(change.More, say("next: %s", file.Next))
			}
			c.add(heldBack, change)
		}
	}
	for _, file := range removed {
		if c.head.has(file.Cluster) {
			c.add(released, Change{
				Object:   "file/" + file.File,
				Class:    "held",
				Clusters: value(file.Cluster),
				Says:     say("%s can be rendered", file.File),
			})
		}
	}
}

// inEitherTree is the same for a remote secret or a file of the reviewed tree and of the credentials tree: sealing
// moves it, and it stays held back.
func inEitherTree(h summary.Held) string {
	if h.Peer != "" && strings.HasSuffix(h.File, "Secret "+access.RemoteSecret(h.Peer)+")") {
		return layout.OverlayFile(h.Cluster, layout.RemoteSecret(h.Peer))
	}
	return strings.TrimPrefix(h.File, path.Dir(layout.PrivateTree())+"/")
}

// wasRendered reports whether the base side has what is held back: a remote secret belongs to remote access, a bundle
// to an intermediate, and a part of a file to a peer.
func (c *comparison) wasRendered(held summary.Held) bool {
	if path.Base(held.File) == layout.CACerts {
		return slices.ContainsFunc(c.base.Summary.Trust.Intermediates, func(i summary.Intermediate) bool {
			return i.Cluster == held.Cluster && !i.Missing
		})
	}
	isFor := func(access summary.RemoteAccess) bool {
		return access.Target == held.Peer || path.Base(held.File) == layout.RemoteSecret(access.Target)
	}
	if !slices.ContainsFunc(c.head.Summary.RemoteAccess, isFor) {
		return held.Peer == "" || c.base.has(held.Peer)
	}
	return slices.ContainsFunc(c.base.Summary.RemoteAccess, func(access summary.RemoteAccess) bool {
		return access.Consumer == held.Cluster && !access.Revoked && isFor(access)
	})
}

// ownKinds are the rules whose findings have their own kind of change.
func ownKinds() []string { return []string{severeFaultRule, knownFaultRule, "MESH013", "MESH065"} }

// findings returns those of rules that had none for this cluster.
func (c *comparison) findings() {
	known := map[string]bool{}
	for _, problem := range c.base.Problems {
		if problem.Waived == "" {
			for _, key := range findingKeys(problem) {
				known[key] = true
			}
		}
	}
	for _, problem := range c.head.Problems {
		if problem.Rule == "" || problem.Waived != "" || slices.Contains(ownKinds(), problem.Rule) {
			continue
		}
		if keys := findingKeys(problem); slices.ContainsFunc(keys, func(key string) bool { return !known[key] }) {
			c.finding(problem)
		}
	}
}

// findingKeys returns the identities of a finding, one per cluster.
func findingKeys(problem mesh.Problem) []string {
	if len(problem.Clusters) == 0 {
		return []string{problem.Rule + "//" + withoutIndexes(problem.Field)}
	}
	var keys []string
	for _, cluster := range problem.Clusters {
		keys = append(keys, problem.Rule+"/"+cluster)
	}
	return keys
}

func (c *comparison) finding(problem mesh.Problem) {
	id := warningFound
	if problem.Severity == mesh.SeverityError {
		id = errorFound
	}
	clusters := slices.Sorted(slices.Values(problem.Clusters))
	c.add(id, Change{
		Object:   "finding/" + problem.Rule + "/" + strings.Join(clusters, ","),
		Class:    withoutIndexes(problem.Field),
		Clusters: problem.Clusters,
		At: summary.Place{
			File:  problem.File,
			Line:  int32(problem.Line), //nolint:gosec // a file has fewer lines
			Field: problem.Field,
		},
		Says: say("%s ["+problem.Rule+"]", problem.Message),
		More: hints(problem),
	})
}

// withoutIndexes returns a path that does not change when an entry is inserted before it in a list.
func withoutIndexes(path string) string {
	var b strings.Builder
	inside := false
	for _, r := range path {
		switch {
		case r == '[':
			inside = true
		case r == ']':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return b.String()
}
