package summary

import (
	"slices"
	"strings"
	"time"
)

func (v view) trust() Section {
	s := Section{Title: "Trust"}
	if v.only == "" {
		s.add("certificates", "%s", v.Trust.source())
		if len(v.Trust.DomainAliases) > 0 {
			s.add("aliases", "%s", strings.Join(v.Trust.DomainAliases, ", "))
		}
		if v.Trust.Rotation != nil {
			for _, line := range v.Trust.Rotation.phaseLines(v.everyCluster()) {
				s.add("rotation", "%s", line)
			}
		}
	}
	for _, r := range v.Trust.Roots {
		if v.only == "" || slices.Contains(r.Signs, v.only) || slices.Contains(r.TrustedBy, v.only) {
			s.add("root", "%s", r.facts(v.Summary))
		}
	}
	for _, i := range v.Trust.Intermediates {
		switch {
		case !v.shows(i.Cluster):
		case i.Missing:
			s.add(i.Cluster, "has no signing certificate in trust/ yet")
		case i.Problem != "":
			s.add(i.Cluster, "its signing certificate is unreadable: %s", i.Problem)
		default:
			s.add(i.Cluster, "signs with %s, expires %s, SHA-256 %s", i.Subject, date(i.Expires), i.SHA256)
		}
	}
	return s.merged()
}

func (r Root) facts(s Summary) string {
	var facts []string
	if r.Subject != "" {
		facts = append(facts, r.Subject, "expires "+date(r.Expires))
	}
	facts = append(facts, yes(r.Pinned, "NOT pinned"), yes(r.Present, "not in trust/"))
	if facts[len(facts)-2] == "yes" {
		facts[len(facts)-2] = "pinned"
	}
	if facts[len(facts)-1] == "yes" {
		facts[len(facts)-1] = "in trust/"
	}
	if r.Signs != nil {
		facts = append(facts, "signs for "+s.controlPlanes().of(r.Signs))
	}
	if r.TrustedBy != nil {
		facts = append(facts, "reported by "+s.everyCluster().of(r.TrustedBy))
	}
	return strings.Join(append(facts, "SHA-256 "+r.SHA256), ", ")
}

func (v view) openings() Section {
	s := Section{Title: "Firewall openings"}
	for _, line := range v.openingLines() {
		if !v.shows(append(line.from, line.To)...) {
			continue
		}
		to := ""
		if line.Destinations != nil {
			to = " at " + strings.Join(line.Destinations, ", ")
		}
		s.add(line.To, "from %s: %s, %s%s", v.callers(line), line.Kind.text(), line.ports(), to)
	}
	return s.merged()
}

// date returns the day of an RFC 3339 time.
func date(moment string) string {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return moment
	}
	return at.Format(time.DateOnly)
}
