// Package status determines the state of a workspace, per cluster and per link, and the next command.
package status

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Input is a workspace and what is known about it.
type Input struct {
	Workspace *workspace.Workspace
	// Problems of reading the workspace; after structural errors nothing else is reported.
	Problems []mesh.Problem
	// Contexts determine which clusters this site reaches; nil for none.
	Contexts *live.Contexts
	// Live clusters are queried for what an apply would change; nil for none.
	Live *live.Clusters
	// Environ is the environment as os.Environ returns it, for Git.
	Environ []string
	Now     time.Time
	Known   Known
}

// Certificates and credentials that expire within this time need attention; short-lived ones in the last third of their
// validity.
const (
	certificatesWithin = 60 * 24 * time.Hour
	credentialsWithin  = 14 * 24 * time.Hour
)

// manyLinks take longer to check than the command that asks for the next step.
const manyLinks = 2500

// First returns the next step; nil if nothing is due. In a large mesh it is to run status.
func First(ctx context.Context, in Input) (*Step, error) {
	if graph := in.Workspace.Graph; graph != nil && graph.CountLinks() > manyLinks {
		return &Step{Command: "kubectl mesh status" + in.Workspace.FilenameFlag()}, nil
	}
	found, err := Of(ctx, in)
	if err != nil || len(found.Next) == 0 {
		return nil, err
	}
	return &found.Next[0], nil
}

// Of reports on a workspace. Findings are part of the report, not an error.
func Of(ctx context.Context, in Input) (Report, error) {
	s := &survey{Input: in, Report: newReport()}
	s.hasSample = in.Known.Sample
	s.findings()
	if in.Workspace.Doc.Mesh == nil || in.Workspace.Graph == nil {
		s.Tree = Tree{Dir: layout.Deploy, State: Unrendered}
		s.Next = next(s.Report, in.Workspace.FilenameFlag())
		return s.Report, nil
	}
	s.Mesh = in.Workspace.Doc.Mesh.Metadata.Name
	s.clusters()
	s.sites()
	if err := s.trust(); err != nil {
		return Report{}, err
	}
	s.links(ctx)
	if err := s.tree(ctx); err != nil {
		return Report{}, err
	}
	s.compare(ctx)
	s.Next = next(s.Report, in.Workspace.FilenameFlag())
	s.countDue()
	return s.Report, errors.Join(ctx.Err(), in.Workspace.Unchanged())
}

// survey is a report in progress.
type survey struct {
	Input
	Report
}

// findings counts them as validate lists them.
func (s *survey) findings() {
	counts := mesh.CountFindings(mesh.Findings(s.Problems))
	s.Findings = Findings{Errors: counts[mesh.SeverityError], Incomplete: counts[mesh.SeverityIncomplete],
		Warnings: counts[mesh.SeverityWarning]}
}

func (s *survey) clusters() {
	for c := range s.Workspace.Graph.Clusters() {
		site, _ := s.Workspace.Doc.Mesh.Spec.SiteOf(c.Name)
		s.Clusters = append(s.Clusters, Cluster{
			Name: c.Name, Site: site.Name, Here: s.reaches(c), Facts: s.Workspace.Doc.Facts(c.Name) != nil,
		})
	}
}

// reaches reports whether this site reaches a cluster, according to the kubeconfig.
func (s *survey) reaches(c *v1alpha1.Cluster) bool {
	return s.Contexts != nil && s.Contexts.Away(c) == nil
}

// trust reports on roots and intermediates in the workspace.
func (s *survey) trust() error {
	if s.Workspace.Doc.Mesh.Spec.Trust.CA.Provider != v1alpha1.CAProviderFiles {
		return nil
	}
	root, err := s.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return terminal.QuotePath(err)
	}
	if root == nil {
		s.Trust = &Trust{State: Missing, Roots: []Root{}}
		return nil
	}
	a, err := authority.Open(authority.Input{Workspace: s.Workspace, Now: s.Now})
	if err != nil {
		return err
	}
	found, err := a.Status(certificatesWithin)
	if err != nil {
		s.Trust = &Trust{State: Refused, Roots: []Root{}, Reason: terminal.OneLine(err.Error())}
		return nil
	}
	s.Trust = &Trust{State: OK, Roots: []Root{}, HoldsRootKey: a.HoldsRootKey()}
	if found.Phase != trust.PhaseSteady {
		s.Trust.Phase = string(found.Phase)
	}
	for _, line := range found.Roots {
		s.Trust.Roots = append(s.Trust.Roots, Root{SHA256: line.SHA256, State: State(line.State), Expires: line.NotAfter})
	}
	return s.certificates(found.Clusters)
}

// certificates adds the intermediate of each cluster with a control plane.
func (s *survey) certificates(lines []authority.Line) error {
	of := map[string]*Certificate{}
	for _, line := range lines {
		certificate := &Certificate{State: State(line.State), Reason: line.Reason}
		if certificate.State != Missing && !line.NotAfter.IsZero() {
			certificate.Expires = &line.NotAfter
		}
		request, err := s.Workspace.ReadOptional(layout.SigningRequest(line.Cluster))
		if err != nil {
			return terminal.QuotePath(err)
		}
		certificate.Requested = request != nil && certificate.State == Missing
		of[line.Cluster] = certificate
	}
	for i := range s.Clusters {
		s.Clusters[i].Certificate = of[s.Clusters[i].Name]
	}
	return nil
}

// links adds the current credential of each link.
func (s *survey) links(ctx context.Context) {
	lines := reader.Status(ctx, reader.StatusInput{
		Workspace: s.Workspace,
		Now:       s.Now,
		Within:    credentialsWithin,
		Thirds:    true,
	})
	current := map[access.Pair]reader.Line{}
	for _, line := range lines {
		current[access.Pair{Consumer: line.Consumer, Target: line.Target}] = line
	}
	for _, pair := range s.Workspace.Pairs() {
		line := current[pair]
		l := Link{Name: line.Link, Consumer: pair.Consumer, Target: pair.Target, Kind: line.Kind,
			State: State(line.State), Reason: terminal.OneLine(line.Reason), Expires: line.Expires}
		if l.State == Missing || l.State == Elsewhere && s.isUnstored(pair) {
			s.missing(&l, pair)
		}
		s.Links = append(s.Links, l)
	}
}

// isUnstored reports whether this workspace should store a pair's credential, and it is neither in credentials/ nor
// sealed.
func (s *survey) isUnstored(pair access.Pair) bool {
	a, err := s.Workspace.Access(pair)
	if err != nil || !a.Kind().Traits().Held() {
		return false
	}
	_, err = s.Workspace.Root.Lstat(layout.SealedFile(pair.Consumer, layout.RemoteSecret(pair.Target)))
	return err != nil
}

// missing describes how to get a credential that is not stored here. An apply transfers a token between two clusters in
// memory if both are reachable; the token between two other sites is theirs to transfer.
func (s *survey) missing(l *Link, pair access.Pair) {
	a, err := s.Workspace.Access(pair)
	if err != nil {
		return // the pairs of a graph are between its clusters
	}
	if a.Kind().Traits().Form == access.FormCertificate {
		l.Fetch, l.FetchAt = s.requestCommand(pair), pair.Consumer
		if l.Requested = s.isRequested(pair); l.Requested {
			l.Fetch, l.FetchAt = "kubectl mesh credentials approve --pending"+s.Workspace.FilenameFlag(), pair.Target
		}
		return
	}
	switch consumer, target := s.here(pair.Consumer), s.here(pair.Target); {
	case consumer && target:
		l.State = InCluster
	case !consumer && !target:
		l.State = Unknown
	default:
		l.State, l.issued = Missing, true
		l.Fetch, l.FetchAt = s.collectCommand(a.Target), pair.Target
	}
}

// collectCommand returns the command that fetches a cluster's tokens, once its API server has issued them.
func (s *survey) collectCommand(target *v1alpha1.Cluster) string {
	command := "kubectl mesh collect --cluster " + shell.Name(target.Name)
	if target.Context == "" {
		command += " --context CONTEXT"
	}
	return command + s.Workspace.FilenameFlag()
}

// requestCommand requests everything at once if requests are sent in exchange files.
func (s *survey) requestCommand(pair access.Pair) string {
	if len(s.Workspace.Doc.Mesh.Spec.Sites) > 0 {
		return "kubectl mesh credentials request --pending" + s.Workspace.FilenameFlag()
	}
	return s.Workspace.RequestCommand(pair)
}

func (s *survey) here(name string) bool {
	for _, c := range s.Clusters {
		if c.Name == name {
			return c.Here
		}
	}
	return false
}

// compare queries the reachable clusters for what an apply would change.
func (s *survey) compare(ctx context.Context) {
	for i := range s.Clusters {
		if live, known := s.Known.Live[s.Clusters[i].Name]; known {
			s.Clusters[i].Live = &live
		}
	}
	if s.Live == nil || s.Findings.Errors > 0 {
		return
	}
	var targets []string
	for _, c := range s.Clusters {
		if c.Here {
			targets = append(targets, c.Name)
		}
	}
	reports, err := rollout.Compare(ctx, rollout.Input{
		Workspace: s.Workspace,
		Clusters:  s.Live,
		Targets:   targets,
		Now:       s.Now,
	})
	answers := map[string]Live{}
	for _, report := range reports {
		reason := strings.TrimPrefix(report.Error, report.Cluster+": ")
		answers[report.Cluster] = Live{Pending: report.Pending(), Error: terminal.OneLine(reason)}
	}
	for i := range s.Clusters {
		c := &s.Clusters[i]
		if answer, asked := answers[c.Name]; asked {
			c.Live = &answer
		} else if c.Here && err != nil {
			c.Live = &Live{Error: terminal.OneLine(err.Error())}
		}
	}
}
