package summary

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Section is a part of a summary as plain text, for terminals.
type Section struct {
	Title string
	Items []Item
}

// Item is a line of a section, to be wrapped. An empty label repeats the previous one.
type Item struct{ Label, Text string }

// add appends a line.
func (s *Section) add(label, format string, args ...any) {
	s.Items = append(s.Items, Item{Label: label, Text: fmt.Sprintf(format, args...)})
}

// merged removes labels that repeat the previous one.
func (s *Section) merged() Section {
	last := ""
	for i := range s.Items {
		if label := s.Items[i].Label; label == last {
			s.Items[i].Label = ""
		} else {
			last = label
		}
	}
	return *s
}

// Sections returns the summary, or the part about one cluster, as plain text.
func (s Summary) Sections(cluster string) []Section {
	v := view{Summary: s, only: cluster}
	all := []Section{
		v.head(),
		v.clusters(), v.links(), v.access(), v.permissions(), v.trust(), v.openings(),
		v.waivers(), v.held(),
	}
	return slices.DeleteFunc(all, func(s Section) bool { return len(s.Items) == 0 })
}

// view is a summary for one cluster, or for all.
type view struct {
	Summary
	only string
}

func (v view) shows(clusters ...string) bool {
	return v.only == "" || slices.Contains(clusters, v.only)
}

func (v view) head() Section {
	var s Section
	s.add("Mesh", "%s", v.Mesh)
	s.add("Discovery", "%s", v.Discovery)
	if v.only == "" {
		s.add("Clusters", "%d", len(v.Clusters))
		s.add("Links", "%d", v.directions())
		reads, secrets := v.reads()
		s.add("Access", "%d remote (%d to every Secret of the target)", reads, secrets)
	}
	policy := "off: API servers admit any remote secret"
	if v.Admission != nil {
		policy = "on, in " + v.controlPlanes().of(v.Admission.Clusters)
	}
	s.add("Admission", "%s", policy)
	return s
}

func (v view) clusters() Section {
	s := Section{Title: "Clusters"}
	for _, c := range v.Clusters {
		if !v.shows(c.Name) {
			continue
		}
		s.add(c.Name, "%s", c.facts())
		for _, e := range c.Endpoints {
			s.add(c.Name, "API server %s", e.facts(v.controlPlanes().other(e.Consumers, c.Name)))
			for _, ca := range e.CAs {
				s.add(c.Name, "CA %s, expires %s, SHA-256 %s", ca.Subject, date(ca.Expires), ca.SHA256)
			}
		}
		if c.Gateway != nil {
			s.add(c.Name, "%s", c.Gateway.facts())
		}
	}
	return s.merged()
}

// facts describe a cluster in a sentence.
func (c Cluster) facts() string {
	facts := []string{"Istio " + c.Istio.text()}
	if c.ClusterID != c.Name {
		facts = append(facts, "cluster ID "+c.ClusterID)
	}
	if c.ControlPlane != c.Name {
		facts = append(facts, "served by "+c.ControlPlane)
	}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, name+" "+value)
		}
	}
	add("network", c.Network)
	add("trust domain", c.TrustDomain)
	add("locality", c.Locality)
	add("platform", c.Platform)
	add("Kubernetes", c.KubernetesVersion)
	add("pods", strings.Join(c.PodCIDRs, ", "))
	add("NAT or nodes", strings.Join(c.EgressCIDRs, ", "))
	return strings.Join(facts, "; ")
}

func (e Endpoint) facts(consumers string) string {
	text := cmp.Or(e.Server, "without an address yet")
	if e.Kind != "" {
		text += ", " + e.Kind + " endpoint of GKE"
	}
	if e.TLSServerName != "" {
		text += ", TLS server name " + e.TLSServerName
	}
	if e.Proxy != "" {
		text += ", through proxy " + e.Proxy
	}
	if e.CAs == nil && e.Server != "" {
		text += ", verified by a public CA"
	}
	return text + ", used by " + consumers
}

func (g Gateway) facts() string {
	var opens []string
	for _, exposure := range g.Opens {
		opens = append(opens, exposure.text())
	}
	at := cmp.Or(strings.Join(g.Addresses, ", "), "discovered addresses")
	if g.AddressesOnly {
		at += " only"
	}
	return fmt.Sprintf("east-west gateway at %s, port %d, %s in namespace %s, open for %s",
		at, g.Port, g.Service, g.Namespace, strings.Join(opens, " and "))
}

func (v view) links() Section {
	s := Section{Title: "Links"}
	ways := map[[2]string]map[string][]string{} // caller, and path to the callee
	for _, link := range v.Links {
		directions := [][2]string{{link.From, link.To}}
		if link.Both {
			directions = append(directions, [2]string{link.To, link.From})
		}
		for _, d := range directions {
			way := v.pathTo(link)
			key := [2]string{d[0], way}
			if ways[key] == nil {
				ways[key] = map[string][]string{}
			}
			ways[key][way] = append(ways[key][way], d[1])
		}
	}
	for _, c := range v.Clusters {
		for _, way := range []string{"", " through a gateway", " by peering", " by the fleet"} {
			called := ways[[2]string{c.Name, way}][way]
			if slices.Sort(called); called != nil && v.shows(append(called, c.Name)...) {
				s.add(c.Name, "calls %s%s", v.everyCluster().other(called, c.Name), way)
			}
		}
	}
	return s.merged()
}

// pathTo describes how calls reach a cluster.
func (v view) pathTo(link Link) string {
	switch {
	case v.Discovery == "peering":
		return " by peering"
	case v.Discovery == "fleet":
		return " by the fleet"
	case link.Gateway:
		return " through a gateway"
	}
	return ""
}

func (v view) access() Section {
	s := Section{Title: "Remote access"}
	for _, line := range v.accessLines() {
		if !v.shows(append(line.consumers, line.Target)...) {
			continue
		}
		grants := line.grants()
		if grants != "" {
			grants = "; permissions " + grants
		}
		s.add(line.Target,
			"read by %s with %s; %s%s; reads %s", v.controlPlanes().other(line.consumers, line.Target), line.credential(),
			line.Credential.Lifetime, grants, strings.Trim(line.reads(), "*"))
	}
	return s.merged()
}

func (v view) permissions() Section {
	s := Section{Title: "Permissions"}
	for _, c := range v.Clusters {
		if v.only != c.Name {
			continue
		}
		for _, role := range c.Roles {
			for _, p := range role.Permissions {
				s.add(role.Name, "%s %s, %s", strings.Join(p.Verbs, ", "), p.object(), p.scope())
			}
		}
	}
	return s.merged()
}

func (v view) waivers() Section {
	s := Section{Title: "Waivers"}
	for _, w := range v.Waivers {
		if w.Clusters == nil || v.shows(w.Clusters...) {
			s.add(w.Rule, "%s, in %s: %s", w.Title, cmp.Or(strings.Join(w.Clusters, ", "), "all clusters"), w.Reason)
		}
	}
	return s
}

func (v view) held() Section {
	s := Section{Title: "Held back"}
	for _, h := range v.Held {
		if v.shows(h.Cluster) {
			s.add(h.Cluster, "%s: %s; next: %s", h.File, h.Missing, h.Next)
		}
	}
	return s.merged()
}
