package changes

import (
	"fmt"
	"slices"
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
// unseen.
func (c *comparison) objects() {
	silent := !slices.ContainsFunc(c.found, func(change Change) bool { return change.ID != otherSettings })
	if other := slices.Concat(c.rendered.Changed, c.rendered.Added, c.rendered.Removed); silent && len(other) > 0 {
		c.add(objectsChanged, objectsChange("objects", "rendered objects change", other))
	}
	if labels := c.rendered.Relabelled; len(labels) > 0 {
		c.add(labelsChanged, objectsChange("labels", "only labels change", labels))
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
