package summary

import "slices"

// Of returns the part of a summary about one cluster; false if the cluster does not exist.
func (s Summary) Of(cluster string) (Summary, bool) {
	v := view{Summary: s, only: cluster}
	part := s
	part.Clusters = kept(s.Clusters, func(c Cluster) bool { return c.Name == cluster })
	part.Links = kept(s.Links, func(l Link) bool { return v.shows(l.From, l.To) })
	part.RemoteAccess = kept(s.RemoteAccess, func(a RemoteAccess) bool { return v.shows(a.Consumer, a.Target) })
	part.Openings = kept(s.Openings, func(o Opening) bool { return v.shows(o.From, o.To) })
	part.Trust.Intermediates = kept(s.Trust.Intermediates, func(i Intermediate) bool { return i.Cluster == cluster })
	part.Waivers = kept(s.Waivers, func(w Waiver) bool { return w.Clusters == nil || v.shows(w.Clusters...) })
	part.Held = kept(s.Held, func(h Held) bool { return h.Cluster == cluster })
	return part, len(part.Clusters) > 0
}

// Around returns a cluster with its callers and callees, for a diagram.
func (s Summary) Around(cluster string) Summary {
	part, _ := s.Of(cluster)
	near := map[string]bool{cluster: true}
	for _, link := range part.Links {
		near[link.From], near[link.To] = true, true
	}
	part.Clusters = kept(s.Clusters, func(c Cluster) bool { return near[c.Name] })
	return part
}

func kept[T any](list []T, keep func(T) bool) []T {
	return present(slices.DeleteFunc(slices.Clone(list), func(item T) bool { return !keep(item) }))
}
