package changes

import (
	"fmt"
	"slices"
	"strings"
)

// Object is a rendered object.
type Object struct {
	// Cluster that gets it.
	Cluster string
	// Name of the object: kind, namespace and name.
	Name string
}

// Rendered is the difference between two renderings, sorted by cluster.
type Rendered struct {
	Added, Removed []Object
	// Changed objects differ in more than labels, Relabelled ones only in labels.
	Changed, Relabelled []Object
}

// Differences are numbers of objects.
type Differences struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Removed int `json:"removed"`
	// Clusters with any difference.
	Clusters []string `json:"clusters"`
}

// With adds the differences of another part of the mesh.
func (r Rendered) With(more Rendered) Rendered {
	return Rendered{Added: append(r.Added, more.Added...), Removed: append(r.Removed, more.Removed...),
		Changed: append(r.Changed, more.Changed...), Relabelled: append(r.Relabelled, more.Relabelled...)}
}

// Count describes how many objects differ, and where.
func (r Rendered) Count() Differences {
	return Differences{Added: len(r.Added), Removed: len(r.Removed), Changed: len(r.Changed) + len(r.Relabelled),
		Clusters: clustersIn(slices.Concat(r.Added, r.Removed, r.Changed, r.Relabelled))}
}

func clustersIn(objects []Object) []string {
	clusters := map[string]bool{}
	for _, object := range objects {
		clusters[object.Cluster] = true
	}
	return sortedKeys(clusters)
}

// objects reports rendered differences that no other change explains, so that none goes unnoticed.
func (c *comparison) objects() {
	all := slices.Concat(c.rendered.Changed, c.rendered.Added, c.rendered.Removed)
	if other := slices.DeleteFunc(all, c.explained()); len(other) > 0 {
		c.add(objectsChanged, objectsChange("objects", "rendered objects change", other))
	}
	if labels := c.rendered.Relabelled; len(labels) > 0 {
		c.add(labelsChanged, objectsChange("labels", "only labels change", labels))
	}
}

// unrendered are the kinds that change no object, or do not explain why one changes.
func unrendered() []ID {
	return []ID{
		tokensUnlimited, identityChanged, identityPinned, openingOpened, openingClosed, networkAllowed,
		waiverAdded, waiverRemoved, waiverReason, recipientAdded, recipientRemoved, severeFault, knownFault, sampleChanged,
		errorFound, warningFound, otherSettings,
		siteSpeaks, siteSilent, siteAdded, siteRemoved, signerAdded, signerRemoved, signerLimits,
		siteRecipientsAdded, siteRecipientsRemoved,
	}
}

// explained reports whether a change explains a changed object: it is about the cluster that gets the object, about the
// one that the object is named after, or about the mesh.
func (c *comparison) explained() func(Object) bool {
	explains := func(id ID) bool { return !slices.Contains(unrendered(), id) }
	isOfMesh := slices.ContainsFunc(c.found, func(change Change) bool {
		return explains(change.ID) && len(change.Clusters) == 0
	})
	about := c.about(explains)
	return func(object Object) bool {
		if isOfMesh || about[object.Cluster] {
			return true
		}
		for cluster := range about {
			if strings.HasSuffix(object.Name, "-"+cluster) || strings.Contains(object.Name, "-"+cluster+"-token-") {
				return true
			}
		}
		return false
	}
}

func objectsChange(class, text string, objects []Object) Change {
	const few = 5
	var after []string
	for _, object := range objects[:min(len(objects), few)] {
		after = append(after, object.Name+" in "+object.Cluster)
	}
	if more := len(objects) - len(after); more > 0 {
		after = append(after, fmt.Sprintf("and %d more", more))
	}
	count := fmt.Sprintf("%d objects", len(objects))
	if len(objects) == 1 {
		count = "1 object"
	}
	return Change{
		Object:   "objects",
		Class:    class,
		Clusters: clustersIn(objects),
		Says:     say(text + ": " + count),
		After:    after,
	}
}
