package summary

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

func (s Summary) accessTables(p *page) {
	p.heading(2, "Remote access")
	p.text("Consumers' control planes read the API servers of targets. Access to **every Secret** includes the key that " +
		"signs certificates in the target: anyone who has such a credential can impersonate any workload there.")
	planes := s.controlPlanes()
	if !p.table([]string{"Target", "Read by", "Credential", "Lifetime", "Roles", "Reads"}, func(row func(...string)) {
		for _, line := range s.accessLines() {
			cells := markdown.Cells(
				line.Target,
				planes.other(line.consumers, line.Target),
				line.credential(),
				line.Credential.Lifetime,
				line.grants(),
			)
			row(append(cells, line.reads())...)
		}
	}) {
		p.text("No control plane reads another cluster.")
		return
	}
	s.permissionTable(p)
}

// accessLine is remote access to a target that differs only in the consumer.
type accessLine struct {
	RemoteAccess
	consumers []string
}

// accessLines groups consumers of a target with the same access.
func (s Summary) accessLines() []accessLine {
	var lines []accessLine
	byKey := map[string]int{}
	for _, a := range s.RemoteAccess {
		line := accessLine{RemoteAccess: a}
		key := strings.Join([]string{a.Target, line.credential(), a.Credential.Lifetime, line.grants(), line.reads()}, "\n")
		at, known := byKey[key]
		if !known {
			at = len(lines)
			byKey[key], lines = at, append(lines, line)
		}
		lines[at].consumers = append(lines[at].consumers, a.Consumer)
	}
	return lines
}

func (l accessLine) credential() string {
	words := l.Credential.Kind
	switch generations := l.Credential.Generations; len(generations) {
	case 0:
	case 1:
		words += ", generation " + number(generations[0])
	default:
		all := make([]string, len(generations))
		for i, generation := range generations {
			all[i] = number(generation)
		}
		words += ", being rotated: generations " + strings.Join(all, " and ")
	}
	if l.Credential.Shared {
		words += ", one account for all readers"
	}
	return words
}

func (l accessLine) grants() string {
	if l.GrantedBy != "" {
		return "those of " + l.GrantedBy
	}
	return strings.Join(l.Roles, ", ")
}

func (l accessLine) reads() string {
	switch {
	case l.Revoked:
		return "nothing: revoked"
	case l.EverySecret:
		return "**every Secret**"
	}
	return "no Secrets"
}

// permissionTable has a row for each permission of each role.
func (s Summary) permissionTable(p *page) {
	clusters, granted := population{noun: "target cluster"}, map[string][]string{}
	for _, c := range s.Clusters {
		if len(c.Roles) > 0 {
			clusters.names = append(clusters.names, c.Name)
		}
		for _, role := range c.Roles {
			for _, permission := range role.Permissions {
				key := strings.Join(markdown.Cells(role.Name, permission.object(), permission.scope(),
					strings.Join(permission.Verbs, ", ")),
					" | ")
				granted[key] = append(granted[key], c.Name)
			}
		}
	}
	if len(granted) == 0 {
		return
	}
	p.heading(3, "Permissions of readers")
	p.table([]string{"Role", "Resource", "Where", "Verbs", "In"}, func(row func(...string)) {
		for _, key := range slices.Sorted(maps.Keys(granted)) {
			row(key, markdown.Cell(clusters.of(granted[key])))
		}
	})
}

func (p Permission) object() string {
	text := p.Resource
	if p.APIGroup != "" {
		text += "." + p.APIGroup
	}
	if p.Names != nil {
		text += ": " + strings.Join(p.Names, ", ")
	}
	return text
}

func (p Permission) scope() string {
	if p.Namespace == "" {
		return "everywhere"
	}
	return fmt.Sprintf("in namespace %s", p.Namespace)
}

func number(n int32) string { return strconv.Itoa(int(n)) }
