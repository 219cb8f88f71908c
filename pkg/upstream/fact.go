package upstream

import "time"

// Fact is the source of a row.
type Fact struct {
	// Source is a URL, a path in a repository at a release, or a measurement, if the fact was not read upstream.
	Source string
	// Checked is the day on which the source was read: 2026-11-29.
	Checked string
}

// Row is a row of any table.
type Row struct {
	// Name identifies the row: "gateway API of Istio 1.30.0".
	Name string
	Fact
}

// Rows returns all rows of all tables, table by table.
func Rows() []Row {
	var rows []Row
	add := func(name string, fact Fact) { rows = append(rows, Row{Name: name, Fact: fact}) }
	for _, row := range ChartRows() {
		add("charts at "+row.Repository, row.Fact)
	}
	add("oldest Helm for the charts", HelmFloor().Fact)
	for _, row := range ImageRows() {
		add("images at "+row.Default+" "+row.Range.String(), row.Fact)
	}
	for _, row := range BundleRows() {
		add("Gateway API "+row.Version+" of Istio "+row.Istio.String(), row.Fact)
	}
	for _, row := range FeatureRows() {
		add("feature: "+row.Name, row.Fact)
	}
	for _, row := range FaultRows() {
		add("fault "+row.Thread, row.Fact)
	}
	for _, row := range AddressRows() {
		add("address of "+row.Of, row.Fact)
	}
	add("highest known version", highest().Fact)
	return rows
}

// Stale returns the rows that were checked more than six months before now, in table order. A row with an invalid day
// is stale.
func Stale(now time.Time) []Row {
	limit := now.AddDate(0, -6, 0)
	var stale []Row
	for _, row := range Rows() {
		if checked, err := time.Parse(time.DateOnly, row.Checked); err != nil || checked.Before(limit) {
			stale = append(stale, row)
		}
	}
	return stale
}

// Range of versions. An unspecified end is open.
type Range struct {
	// Since is the first version of the range, Before the first one after it.
	Since, Before Version
}

// Has reports whether a version is in the range. One without numbers counts as current: it is in ranges with an open
// end.
func (r Range) Has(v Version) bool {
	if !v.numbered {
		return !r.Before.numbered
	}
	return (!r.Since.numbered || v.compare(r.Since) >= 0) && (!r.Before.numbered || v.compare(r.Before) < 0)
}

// String formats the range as constraints: ">= 1.25.0, < 1.30.0".
func (r Range) String() string {
	switch {
	case !r.Since.numbered && !r.Before.numbered:
		return "every version"
	case !r.Since.numbered:
		return "< " + r.Before.String()
	case !r.Before.numbered:
		return ">= " + r.Since.String()
	}
	return ">= " + r.Since.String() + ", < " + r.Before.String()
}

// since returns the range from a version on.
func since(first Version) Range { return Range{Since: first} }

// between returns the range from a version up to another, exclusive.
func between(first, after Version) Range { return Range{Since: first, Before: after} }
