package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// TestPermissionsAgree: what a summary says that a reader may do is what the rendered roles and bindings grant, in
// every scenario and for every pair.
func TestPermissionsAgree(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for target := range s.Graph.Clusters() {
			for consumer := range s.Graph.Consumers(target.Name) {
				rendered, err := render.Permissions(s.Input, access.Pair{Consumer: consumer.Name, Target: target.Name})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(byText(rendered), byText(declaredPermissions(s, consumer.Name, target.Name))); diff != "" {
					t.Errorf("%s reads %s (-rendered +said):\n%s", consumer.Name, target.Name, diff)
				}
			}
		}
	})
}

func declaredPermissions(s scenario, consumer, target string) []access.Permission {
	cluster, _ := s.Graph.Cluster(target)
	has := map[string]bool{}
	for _, name := range access.RolesOf(s.Graph, consumer, cluster) {
		has[name] = true
	}
	var permissions []access.Permission
	for _, role := range access.Roles(s.Graph, cluster) {
		if has[role.Name] {
			permissions = append(permissions, role.Permissions...)
		}
	}
	return permissions
}

// byText is the same permissions whatever their order.
func byText(permissions []access.Permission) map[string]access.Permission {
	all := map[string]access.Permission{}
	for _, p := range permissions {
		all[p.Namespace+" "+p.Group+"/"+p.Resource+" "+strings.Join(p.Names, ",")+" "+strings.Join(p.Verbs, ",")] = p
	}
	return all
}
