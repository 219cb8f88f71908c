package changes

import (
	"fmt"
	"slices"
	"strings"
)

// Object is one object that a mesh renders to.
type Object struct {
	// Cluster that gets it.
	Cluster string
	// Name of the object: kind, namespace and name.
	Name string
}

// Rendered is what differs between what two meshes render to, sorted by cluster.
type Rendered struct {
	Added, Removed []Object
	// Changed differ in more than labels, Relabelled in nothing else.
	Changed, Relabelled []Object
}

// Differences count objects.
type Differences struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Removed int `json:"removed"`
	// Clusters in which any of them is.
	Clusters []string `json:"clusters"`
}

// With is what differs in two parts of a mesh.
func (r Rendered) With(more Rendered) Rendered {
	return Rendered{Added: append(r.Added, more.Added...), Removed: append(r.Removed, more.Removed...),
		Changed: append(r.Changed, more.Changed...), Relabelled: append(r.Relabelled, more.Relabelled...)}
}

// Count is how many objects differ, and where.
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

// objects names what is rendered otherwise without another change that would say why: a rendering must not change
// unseen, also where something else changes elsewhere.
func (c *comparison) objects() {
	all := slices.Concat(c.rendered.Changed, c.rendered.Added, c.rendered.Removed)
	if other := slices.DeleteFunc(all, c.explained()); len(other) > 0 {
		c.add(objectsChanged, objectsChange("objects", "rendered objects change", other))
	}
	if labels := c.rendered.Relabelled; len(labels) > 0 {
		c.add(labelsChanged, objectsChange("labels", "only labels change", labels))
	}
}

// unrendered are the kinds of changes that leave the objects as they are, or say not why they change.
func unrendered() []ID {
	return []ID{
		tokensUnlimited, identityChanged, identityPinned, openingOpened, openingClosed, networkAllowed,
		waiverAdded, waiverRemoved, waiverReason, recipientAdded, recipientRemoved, severeFault, knownFault, sampleChanged,
		errorFound, warningFound, otherSettings,
		siteSpeaks, siteSilent, siteAdded, siteRemoved, signerAdded, signerRemoved, signerLimits,
		siteRecipientsAdded, siteRecipientsRemoved,
	}
}

// explained tells whether a change says why an object is another one: it is about the cluster that gets the object,
// about the one that the object is named after, or about the mesh.
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
