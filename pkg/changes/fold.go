package changes

import (
	"maps"
	"slices"
)

// maxSingle is how many changes of a kind are listed separately; more are summarized.
const maxSingle = 3

// Entry is one change, or several of one kind.
type Entry struct {
	Kind
	Changes []Change
}

// Folded reports whether the entry summarizes changes.
func (e Entry) Folded() bool { return len(e.Changes) > 1 }

// Fold returns an entry for each change, or one for all changes of a kind if there are many.
func Fold(all []Change) []Entry {
	var entries []Entry
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].ID == all[0].ID {
			n++
		}
		group := all[:n]
		all = all[n:]
		if n > maxSingle {
			entries = append(entries, Entry{Kind: group[0].Kind, Changes: group})
			continue
		}
		for _, change := range group {
			entries = append(entries, Entry{Kind: change.Kind, Changes: []Change{change}})
		}
	}
	return entries
}

// Row is a line of a folded entry, with what several changes share.
type Row struct {
	// From and To are the clusters of changes between two: each of From with each of To. If they are empty, Clusters are
	// those that the changes are about.
	From, To []string
	Clusters []string
	// Common to all of them.
	Common Phrase
	// Changes of the row; a row without clusters has one.
	Changes []Change
}

// Rows groups the changes of an entry by what they share, then so that few lines name all clusters.
func (e Entry) Rows() []Row {
	var order []string
	groups := map[string][]Change{}
	var rows []Row
	for _, change := range e.Changes {
		if change.From == "" && (change.Common.Format == "" || len(change.Clusters) != 1) {
			rows = append(rows, Row{Changes: []Change{change}})
			continue
		}
		key := change.Common.String()
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], change)
	}
	for _, key := range order {
		group := groups[key]
		if group[0].From != "" {
			rows = append(rows, pairRows(group)...)
			continue
		}
		row := Row{Common: group[0].Common, Changes: group}
		for _, change := range group {
			row.Clusters = append(row.Clusters, change.Clusters...)
		}
		rows = append(rows, row)
	}
	return rows
}

// pairRows covers pairs of clusters with rows that have one cluster at one end: always the one that covers most of the
// remaining pairs.
func pairRows(left []Change) []Row {
	var rows []Row
	for len(left) > 0 {
		source, sources := mostFrequent(left, func(c Change) string { return c.From })
		target, targets := mostFrequent(left, func(c Change) string { return c.To })
		covers := func(c Change) bool { return c.From == source }
		if targets > sources {
			covers = func(c Change) bool { return c.To == target }
		}
		rows = append(rows, pairRow(left, covers))
		left = slices.DeleteFunc(slices.Clone(left), covers)
	}
	return rows
}

// mostFrequent returns the cluster that is most often at one end, the first by name.
func mostFrequent(all []Change, end func(Change) string) (name string, times int) {
	counts := map[string]int{}
	for _, change := range all {
		counts[end(change)]++
	}
	for _, cluster := range slices.Sorted(maps.Keys(counts)) {
		if counts[cluster] > times {
			name, times = cluster, counts[cluster]
		}
	}
	return name, times
}

func pairRow(all []Change, covers func(Change) bool) Row {
	row := Row{Common: all[0].Common}
	from, to := map[string]bool{}, map[string]bool{}
	for _, change := range all {
		if covers(change) {
			row.Changes = append(row.Changes, change)
			from[change.From], to[change.To] = true, true
		}
	}
	row.From, row.To = sortedKeys(from), sortedKeys(to)
	return row
}
