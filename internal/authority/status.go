package authority

import (
	"errors"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Report on the certificates of a mesh.
type Report struct {
	Mesh     string      `json:"mesh"`
	Phase    trust.Phase `json:"phase"`
	Roots    []Line      `json:"roots"`
	Clusters []Line      `json:"clusters"`
	// Next are the commands that provide missing certificates, if the mesh needs them.
	Next string `json:"next,omitempty"`
}

// NeedAttention counts certificates that have expired or expire soon, and those that istiod would reject.
func (r Report) NeedAttention() int {
	count := 0
	for _, line := range slices.Concat(r.Roots, r.Clusters) {
		if line.State != stateOK && line.State != stateMissing {
			count++
		}
	}
	return count
}

// next describes how to get missing certificates. A single istiod needs none: it creates its own root.
func (a *Authority) next(clusters []Line) string {
	mesh, graph := a.Workspace.Doc.Mesh, a.Workspace.Graph
	missing := slices.ContainsFunc(clusters, func(line Line) bool { return line.State == stateMissing })
	if !missing || !access.NeedsRoot(mesh, graph) {
		return ""
	}
	return access.FirstCertificates(mesh.Spec.Trust.CA, a.Workspace.RootText != nil)
}

// Line is a certificate and its state.
type Line struct {
	trust.Status `json:",inline"`
	// State is one of the constants.
	State  string   `json:"state"`
	Reason string   `json:"reason,omitempty"`
	Root   []string `json:"rootSHA256,omitempty"`
	// RootPhase is the last observed phase of a root rotation in the cluster.
	RootPhase *mesh.RootPhase `json:"rootPhase,omitempty"`
}

// States of a certificate. Refused: by istiod.
const (
	stateOK       = "ok"
	stateExpiring = "expiring"
	stateExpired  = "expired"
	stateMissing  = "missing"
	stateRefused  = "refused"
)

// Status checks the roots and each cluster's certificate. It reports what expires within a time.
func (a *Authority) Status(within time.Duration) (Report, error) {
	text, roots, err := a.roots()
	if err != nil && !errors.Is(err, errNoRoot) {
		return Report{}, err
	}
	report := Report{
		Mesh:     a.Workspace.Doc.Mesh.Metadata.Name,
		Phase:    trust.PhaseSteady,
		Roots:    []Line{},
		Clusters: []Line{},
	}
	if len(roots) > 0 && len(roots) <= 2 { // more are from another PKI
		rotation, err := a.rotation(text)
		if err != nil {
			return Report{}, err
		}
		report.Phase = rotation.Phase
	}
	var fingerprints []string
	for _, root := range roots {
		line := Line{Status: trust.Describe("", root)}
		line.State = a.state(root.NotAfter, within)
		report.Roots = append(report.Roots, line)
		fingerprints = append(fingerprints, line.SHA256)
	}
	for cluster := range a.Workspace.Graph.Clusters() {
		if !access.Signs(cluster) {
			continue
		}
		line, err := a.clusterLine(cluster.Name, within)
		if err != nil {
			return Report{}, err
		}
		line.Root = fingerprints
		if report.Phase != trust.PhaseSteady {
			line.RootPhase = a.Workspace.RootPhase(cluster.Name)
		}
		report.Clusters = append(report.Clusters, line)
	}
	report.Next = a.next(report.Clusters)
	return report, a.Workspace.Unchanged()
}

func (a *Authority) clusterLine(cluster string, within time.Duration) (Line, error) {
	bundle, ok, err := a.Workspace.ReadBundle(cluster)
	if err != nil {
		return Line{}, terminal.QuotePath(err)
	}
	line := Line{Status: trust.Status{Cluster: cluster}}
	if !ok {
		line.State = stateMissing
		return line, nil
	}
	signing, err := bundle.Certificate()
	if err == nil {
		line.Status = trust.Describe(cluster, signing)
		err = bundle.CheckOnce()
	}
	if err != nil {
		line.State, line.Reason = stateRefused, terminal.OneLine(err.Error())
		return line, nil
	}
	line.State = a.state(line.NotAfter, within)
	return line, nil
}

func (a *Authority) state(notAfter time.Time, within time.Duration) string {
	switch left := notAfter.Sub(a.Now); {
	case left <= 0:
		return stateExpired
	case left <= within:
		return stateExpiring
	}
	return stateOK
}
