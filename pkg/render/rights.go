package render

import (
	"reflect"
	"slices"

	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// Permissions returns the permissions of a consumer's control plane at a target, from the bindings and roles rendered
// for the target, so that they cannot differ. They are empty if Istio's charts bind the account, or if access is
// revoked.
func Permissions(in Input, pair access.Pair) ([]access.Permission, error) {
	overlay, err := Compile(in, pair.Target, Options{})
	if err != nil {
		return nil, err
	}
	a, err := access.Find(in.Mesh, in.Graph, pair)
	if err != nil {
		return nil, err
	}
	subjects := newCompiler(in, a.Target).readerSubjects(a.Consumer)
	isReader := func(subject rbacv1.SubjectApplyConfiguration) bool {
		return slices.ContainsFunc(subjects, func(reader *rbacv1.SubjectApplyConfiguration) bool {
			return reflect.DeepEqual(*reader, subject)
		})
	}
	granted := map[string]bool{} // kind and name of a role
	for _, object := range overlay.Objects() {
		if role, bound := boundRole(object); role != nil && slices.ContainsFunc(bound, isReader) {
			granted[*role.Kind+"/"+*role.Name] = true
		}
	}
	var permissions []access.Permission
	for _, object := range overlay.Objects() {
		if granted[*object.GetKind()+"/"+*object.GetName()] {
			permissions = append(permissions, permissionsOf(object)...)
		}
	}
	return permissions, nil
}

// boundRole returns the role and subjects of a binding.
func boundRole(object Object) (*rbacv1.RoleRefApplyConfiguration, []rbacv1.SubjectApplyConfiguration) {
	switch binding := object.(type) {
	case *rbacv1.ClusterRoleBindingApplyConfiguration:
		return binding.RoleRef, binding.Subjects
	case *rbacv1.RoleBindingApplyConfiguration:
		return binding.RoleRef, binding.Subjects
	}
	return nil, nil
}

func permissionsOf(object Object) []access.Permission {
	var rules []rbacv1.PolicyRuleApplyConfiguration
	namespace := ""
	switch role := object.(type) {
	case *rbacv1.ClusterRoleApplyConfiguration:
		rules = role.Rules
	case *rbacv1.RoleApplyConfiguration:
		rules, namespace = role.Rules, *role.Namespace
	}
	var permissions []access.Permission
	for _, rule := range rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				permissions = append(permissions, access.Permission{
					Namespace: namespace,
					Group:     group,
					Resource:  resource,
					Names:     rule.ResourceNames,
					Verbs:     rule.Verbs,
				})
			}
		}
	}
	return permissions
}
