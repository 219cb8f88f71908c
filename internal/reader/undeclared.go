package reader

import (
	"context"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// undeclared has a line for each account and token Secret that grants read access and that mesh.yaml does not declare:
// of former links and generations, and of istioctl.
func (s *status) undeclared(ctx context.Context) []Line {
	var lines []Line
	for target := range s.Workspace.Graph.Clusters() {
		client := s.readers[target.Name]
		if client == nil {
			continue
		}
		accounts, err := client.Accounts(ctx, target.Istio.Namespace)
		if err != nil {
			s.Log.Warn("", "list undeclared readers of %s: %s", target.Name, err)
			continue
		}
		for _, account := range accounts {
			lines = append(lines, s.undeclaredOf(target, account)...)
		}
	}
	return lines
}

func (s *status) undeclaredOf(target *v1alpha1.Cluster, account cluster.Account) []Line {
	line := Line{Target: target.Name, Kind: string(access.UndeclaredAuth()), State: StateUndeclared,
		Subject: "system:serviceaccount:" + target.Istio.Namespace + ":" + account.Name}
	mesh := s.Workspace.Doc.Mesh.Metadata.Name
	is := func(secret string) bool {
		_, undeclared := access.Undeclared(s.Workspace.Graph, mesh, target, account.Name, account.Labels, secret)
		return undeclared
	}
	var lines []Line
	for _, secret := range account.TokenSecrets {
		if s.undeleted[target.Name+"/"+secret.Name] || !is(secret.Name) {
			continue
		}
		one := line
		one.NeverExpires, one.LastUsed = true, secret.LastUsed
		if one.LastUsed == "" {
			one.LastUsed = "never"
		}
		one.Reason = s.remove(target, "secret", secret.Name)
		lines = append(lines, one)
	}
	if lines == nil && len(account.TokenSecrets) == 0 && is("") {
		line.Reason = s.remove(target, "serviceaccount", account.Name)
		lines = append(lines, line)
	}
	return lines
}

// remove describes how to revoke the access that an undeclared object grants.
func (s *status) remove(target *v1alpha1.Cluster, kind, name string) string {
	return fmt.Sprintf("no link in mesh.yaml uses it; if no control plane does: %s -n %s delete %s %s",
		s.Clusters.Kubectl(target.Context), target.Istio.Namespace, kind, shell.Name(name))
}
