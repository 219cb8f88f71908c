package kubeconfig

import (
	"slices"
	"strconv"
	"strings"
)

// maxQualifier leaves room for a base name before it.
const maxQualifier = 48

// nameClusters sets each context's ClusterName: the platform's cluster name if the context's name contains it,
// otherwise the context's name, as a label. Contexts with the same name get their location, project or account, or
// both, and finally a number. The result depends on the set of contexts, not on their order.
func nameClusters(contexts []Context) {
	sorted := byName(contexts)
	groups := map[string][]*Context{}
	for _, c := range sorted {
		base := baseName(c.Name)
		groups[base] = append(groups[base], c)
	}
	for base, group := range groups {
		qualify(base, group)
	}
	number(sorted)
}

func byName(contexts []Context) []*Context {
	sorted := make([]*Context, len(contexts))
	for i := range contexts {
		sorted[i] = &contexts[i]
	}
	slices.SortFunc(sorted, func(a, b *Context) int { return strings.Compare(a.Name, b.Name) })
	return sorted
}

func baseName(context string) string {
	if o, ok := originOfName(context); ok {
		return Label(o.Cluster)
	}
	return Label(context)
}

// qualify names contexts that share a base name with the shortest qualifier that makes them unique, or with the longest
// if none does.
func qualify(base string, group []*Context) {
	for _, qualifier := range []func(Origin) string{
		func(Origin) string { return "" },
		func(o Origin) string { return o.Location },
		func(o Origin) string { return o.Project + o.Account },
		func(o Origin) string { return o.Location + " " + o.Project + o.Account },
	} {
		names := map[string]bool{}
		for _, c := range group {
			c.ClusterName = qualified(base, qualifier(c.Origin))
			names[c.ClusterName] = true
		}
		if len(names) == len(group) {
			return
		}
	}
}

func qualified(base, qualifier string) string {
	if strings.TrimSpace(qualifier) == "" {
		return base
	}
	suffix := Label(qualifier)
	return joinLabels(base, strings.TrimRight(suffix[:min(len(suffix), maxQualifier)], "-"))
}

// number makes the names unique: the first of several equal names keeps it, and the others get the first free suffix of
// -2, -3 and so on.
func number(sorted []*Context) {
	taken := map[string]bool{}
	var left []*Context
	for _, c := range plainFirst(sorted) {
		if taken[c.ClusterName] {
			left = append(left, c)
		}
		taken[c.ClusterName] = true
	}
	next := map[string]int{}
	for _, c := range left {
		name := c.ClusterName
		for n := max(next[name], 2); taken[c.ClusterName]; n++ {
			c.ClusterName = joinLabels(name, strconv.Itoa(n))
			next[name] = n + 1
		}
		taken[c.ClusterName] = true
	}
}

// plainFirst moves qualified names to the end, so that they never displace an unqualified one.
func plainFirst(sorted []*Context) []*Context {
	var plain, others []*Context
	for _, c := range sorted {
		if c.ClusterName == baseName(c.Name) {
			plain = append(plain, c)
		} else {
			others = append(others, c)
		}
	}
	return append(plain, others...)
}
