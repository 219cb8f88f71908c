package rules_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// ruleCase is a mesh, and what one rule finds in it: nothing for a near miss.
type ruleCase struct {
	name   string
	spec   string
	change func(*rules.Input) // what a spec cannot say
	want   []mesh.Problem
}

// ruleCases are the cases of every rule, by ID.
func ruleCases() map[string][]ruleCase {
	all := map[string][]ruleCase{}
	for _, some := range []map[string][]ruleCase{
		serverCases(), reachCases(), authorityCases(), podCases(), networkCases(), gatewayCases(),
		istioCases(), releaseCases(), fileCases(), waiverCases(), shapeCases(), topologyCases(), gkeCases(), firewallCases(), expiryCases(), rootCases(), signingCases(), faultCases(), observedCases(), labelCases(), frontCases(), gatewayAddressCases(),
	} {
		maps.Copy(all, some)
	}
	return all
}

func TestRules(t *testing.T) {
	cases := ruleCases()
	for _, rule := range rules.All() {
		t.Run(rule.ID, func(t *testing.T) {
			hits, misses := 0, 0
			for _, test := range cases[rule.ID] {
				t.Run(test.name, func(t *testing.T) { checkRule(t, rule, test) })
				if len(test.want) > 0 {
					hits++
				} else {
					misses++
				}
			}
			if hits == 0 || misses == 0 {
				t.Errorf("%d meshes with a finding and %d near misses, want one of each at least", hits, misses)
			}
		})
	}
}

func checkRule(t *testing.T, rule rules.Rule, test ruleCase) {
	t.Helper()
	in := load(t, test.spec)
	if test.change != nil {
		test.change(&in)
	}
	for i := range test.want {
		test.want[i].Rule = rule.ID
		if test.want[i].Severity == "" {
			test.want[i].Severity = rule.Severity
		}
	}
	if diff := cmp.Diff(test.want, of(rule.ID, rules.Check(in))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", test.spec, diff)
	}
}
