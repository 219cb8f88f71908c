package changes

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of Istio.
const (
	severeFault    ID = "MC060"
	knownFault     ID = "MC061"
	versionChanged ID = "MC062"
	hubChanged     ID = "MC063"
	planeSettings  ID = "MC064"
	sampleChanged  ID = "MC065"
)

// Rules that report known faults of versions (docs/rules.md).
const (
	severeFaultRule = "MESH073"
	knownFaultRule  = "MESH074"
)

func versionKinds() []Kind {
	return []Kind{
		{
			ID:       severeFault,
			Severity: Danger,
			Title:    "Version with a severe known fault",
			Many:     "new severe known faults",
			Why: "As this mesh uses it, the version has a fault that breaks calls between clusters. docs/supported.md " +
				"lists the faults.",
			Review: "Choose the release that fixes it.",
		},
		{
			ID:       knownFault,
			Severity: Warning,
			Title:    "Version with a known fault",
			Many:     "new known faults",
			Why:      "The version has a fault in a feature that this mesh uses. docs/supported.md lists the faults.",
			Review:   "Choose the release that fixes it, or accept the fault.",
		},
		{
			ID:       versionChanged,
			Severity: Note,
			Title:    "Istio version changed",
			Many:     "clusters with another Istio version",
			Why: "Rendered objects depend on the version. mesh.yaml does not install Istio; it declares the version " +
				"that runs.",
			Review: "Verify that the control plane is upgraded too.",
		},
		{
			ID:       hubChanged,
			Severity: Danger,
			Title:    "Image registry changed",
			Many:     "clusters with images from another registry",
			Why:      "The images of the control plane and of the proxies in every pod come from this registry.",
			Review:   "Verify who can push to it.",
		},
		{
			ID:       planeSettings,
			Severity: Warning,
			Title:    "Control plane settings changed",
			Many:     "clusters with other control plane settings",
			Why: "Istio's distribution, revision, namespace and data plane determine which istiod reads the remote " +
				"secrets, and how pods are called.",
			Review: "Verify that Istio is installed that way.",
		},
		{
			ID:       sampleChanged,
			Severity: Warning,
			Title:    "Sample image changed",
			Many:     "sample images changed",
			Why:      "Every cluster runs this image in namespace sample while the sample is deployed.",
			Review:   "Verify who can push to its registry.",
		},
	}
}

func (c *comparison) versions() {
	_, _, both := match(c.base.Summary.Clusters, c.head.Summary.Clusters, func(s summary.Cluster) string { return s.Name })
	for _, pair := range both {
		base, head := pair.base.Istio, pair.head.Istio
		add := func(id ID, class, format string, before, after string) {
			if before != after {
				c.add(id, Change{
					Object:   pair.head.ID,
					Class:    class,
					Clusters: []string{pair.head.Name},
					At:       c.fieldOf(pair.head.Name, "istio."+class),
					Says:     say(format, pair.head.Name),
					Before:   value(before),
					After:    value(after),
					Common:   say("from %s to %s", before, after),
				})
			}
		}
		add(versionChanged, "version", "%s runs another version of Istio", base.Version, head.Version)
		add(planeSettings, "distribution", "%s runs another distribution of Istio", base.Distribution, head.Distribution)
		add(planeSettings, "revision", "the control plane of %s has another revision", base.Revision, head.Revision)
		add(planeSettings, "namespace", "the control plane of %s is in another namespace", base.Namespace, head.Namespace)
		add(planeSettings, "dataPlane", "%s has another data plane", base.DataPlane, head.DataPlane)
		add(planeSettings, "managed", "another party runs the control plane of %s",
			managed(base.Managed), managed(head.Managed))
	}
	for _, pair := range c.clusterSpecs() {
		if base, head := pair.base.Istio.Hub, pair.head.Istio.Hub; base != head {
			c.add(hubChanged, Change{
				Object:   "cluster/" + pair.head.Name,
				Class:    "hub",
				Clusters: []string{pair.head.Name},
				At:       c.fieldOf(pair.head.Name, "istio.hub"),
				Says:     say("images of %s come from another registry", pair.head.Name),
				Before:   value(base),
				After:    value(head),
			})
		}
	}
	c.sample()
	c.faults(severeFaultRule, severeFault)
	c.faults(knownFaultRule, knownFault)
}

// sample compares the images of the verification workload.
func (c *comparison) sample() {
	if c.base.Mesh == nil || c.head.Mesh == nil {
		return
	}
	base, head := c.base.Mesh.Spec.Sample, c.head.Mesh.Spec.Sample
	for _, one := range []struct{ class, before, after string }{
		{class: "image", before: base.Image, after: head.Image},
		{class: "clientImage", before: base.ClientImage, after: head.ClientImage},
	} {
		if one.before != one.after {
			c.add(sampleChanged, Change{
				Object: "sample",
				Class:  one.class,
				At:     c.field("spec.sample." + one.class),
				Says:   say("the sample runs another " + one.class),
				Before: value(one.before),
				After:  value(one.after),
			})
		}
	}
}

func managed(google bool) string {
	if google {
		return "Google"
	}
	return "the cluster's owner"
}

// faults reports those that a cluster did not have before, because of another version, or because it is new or used
// differently.
func (c *comparison) faults(rule string, id ID) {
	known := map[string]bool{}
	eachFinding(c.base.Problems, rule, func(cluster, symptom string, _ mesh.Problem) {
		known[cluster+"\x00"+symptom] = true
	})
	eachFinding(c.head.Problems, rule, func(cluster, symptom string, problem mesh.Problem) {
		if known[cluster+"\x00"+symptom] {
			return
		}
		c.add(id, Change{
			Object:   "cluster/" + cluster,
			Class:    "fault " + thread(symptom),
			Clusters: []string{cluster},
			At:       c.fieldOf(cluster, "istio.version"),
			Says:     say("%s's istiod has a known fault: "+plainFormat(symptom), cluster),
			Common:   say(plainFormat(symptom)),
			More:     hints(problem),
		})
	})
}

// eachFinding yields the findings of a rule per cluster. A finding ends with the symptom and its thread.
func eachFinding(problems []mesh.Problem, rule string, do func(cluster, symptom string, problem mesh.Problem)) {
	for _, problem := range problems {
		if problem.Rule != rule || problem.Waived != "" {
			continue
		}
		_, symptom, _ := strings.Cut(problem.Message, ": ")
		for _, cluster := range slices.Sorted(slices.Values(problem.Clusters)) {
			do(cluster, symptom, problem)
		}
	}
}

// thread is the end of a symptom: "(istio/istio issue 61043)".
func thread(symptom string) string {
	return strings.TrimSuffix(symptom[strings.LastIndex(symptom, "(")+1:], ")")
}

func hints(problem mesh.Problem) []Phrase {
	if problem.Hint == "" {
		return nil
	}
	return []Phrase{say("%s", problem.Hint)}
}
