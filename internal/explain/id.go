package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// UnknownID returns the error of a topic that looks like the ID of a rule or a check but is unknown; nil for other
// topics. It suggests no number: MESH009 is not a typing error of MESH999.
func UnknownID(topic string) error {
	parts := regexp.MustCompile(`(?i)^(mesh|check|[a-z]+)([0-9]+[^.]*)$|^(check)$`).FindStringSubmatch(topic)
	families := []struct {
		noun string
		ids  []string
	}{{noun: "rule", ids: rules.IDs()}, {noun: "check", ids: check.IDs()}, {noun: "change", ids: changes.IDs()}}
	if parts == nil {
		return nil
	}
	noun, near, ranges := "rule, check or change", []string{}, []string{}
	for _, family := range families {
		named := strings.EqualFold(parts[1]+parts[3], strings.TrimRight(family.ids[0], "0123456789"))
		meant := sameNumber(family.ids, parts[2])
		span := fmt.Sprintf("%ss run from %s to %s", family.noun, family.ids[0], family.ids[len(family.ids)-1])
		if named {
			noun, near, ranges = family.noun, meant, []string{span}
			break
		}
		near, ranges = append(near, meant...), append(ranges, span)
	}
	if len(near) > 0 {
		return verdict.Inputf("did you mean "+strings.Join(near, " or ")+"?", "no %s %q", noun, topic)
	}
	return verdict.Inputf(strings.Join(ranges, ", "), "no %s %q", noun, topic)
}

// sameNumber returns the IDs with a number, regardless of leading zeros.
func sameNumber(ids []string, digits string) []string {
	number, err := strconv.Atoi(digits)
	if err != nil {
		return nil
	}
	suffix := fmt.Sprintf("%03d", number)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.HasSuffix(id, suffix) })
}
