package status

import (
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// sites lists those of mesh.yaml. A site is here if this kubeconfig reaches one of its clusters.
func (s *survey) sites() {
	state, _ := s.Workspace.Doc.State()
	for _, site := range s.Workspace.Doc.Mesh.Spec.Sites {
		found := Site{
			Name:     site.Name,
			Clusters: append([]string{}, site.Clusters...),
			Here:     slices.ContainsFunc(site.Clusters, s.here),
		}
		if imported, known := state.Spec.Sites[site.Name]; known {
			at := time.UnixMicro(imported.Serial).UTC().Truncate(time.Second)
			found.Imported = &at
		}
		s.Sites = append(s.Sites, found)
	}
}

// countDue counts each site's steps.
func (s *survey) countDue() {
	for i := range s.Sites {
		for _, step := range s.Next {
			if step.Where == siteNamed(s.Sites[i].Name) || step.Where == "" && s.Sites[i].Here {
				s.Sites[i].Due++
			}
		}
	}
}

// isRequested reports whether the newest key of a pair waits for its certificate.
func (s *survey) isRequested(pair access.Pair) bool {
	request, err := s.Workspace.ReadOptional(layout.ClientRequest(pair.Target, pair.Consumer))
	if err != nil || request == nil {
		return false
	}
	user, err := kubeconfig.ClientRequestUser(request)
	a, other := s.Workspace.Access(pair)
	return err == nil && other == nil && user == access.ReaderUser(pair.Consumer, a.Newest())
}
