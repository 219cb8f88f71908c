// Package collect reads facts of clusters and the tokens of their readers into a workspace, from API servers or from
// gcloud's output.
package collect

import (
	"context"
	"iter"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// Tokens selects the source of readers' tokens.
type Tokens string

// Sources.
const (
	FromSecret  Tokens = "secret"
	FromRequest Tokens = "request"
	SkipTokens  Tokens = "skip"
)

// Input selects what to read.
type Input struct {
	Workspace *workspace.Workspace
	Clusters  *live.Clusters
	// Names of the clusters; none means all with a context.
	Names  []string
	Tokens Tokens
	// Duration of a requested token; less than MinDuration is rejected.
	Duration, MinDuration time.Duration
	// Pin records the UID of a cluster whose identity is not proven otherwise.
	Pin bool
}

// Result of one cluster.
type Result struct {
	Cluster string         `json:"cluster"`
	Context string         `json:"context"`
	UID     string         `json:"uid,omitempty"`
	File    string         `json:"file,omitempty"`
	Changed []string       `json:"changed"` // fields of the file; empty if it was up to date
	Tokens  []Token        `json:"tokens"`
	Notes   []cluster.Note `json:"notes"`
	Error   string         `json:"error,omitempty"`
	// Hints are the remedies of the error.
	Hints []string `json:"hints,omitempty"`

	Err error `json:"-"`
}

type collector struct {
	Input
	// declared is what mesh.yaml alone declares for each cluster.
	declared map[string]*v1alpha1.Cluster
}

// Run reads the clusters concurrently and writes their facts. It yields results in the order of the clusters, as soon
// as possible. The error is what prevents reading any.
func Run(ctx context.Context, in Input) (iter.Seq2[*v1alpha1.Cluster, Result], error) {
	c := &collector{Input: in, declared: in.Workspace.Declared()}
	if len(c.declared) == 0 { // facts can make mesh.yaml valid
		for target := range in.Workspace.Graph.Clusters() {
			c.declared[target.Name] = target
		}
	}
	targets, err := c.targets()
	if err != nil {
		return nil, err
	}
	if err := c.checkCredentials(ctx); err != nil {
		return nil, err
	}
	return parallel.InOrder(ctx, targets, c.collect), nil
}
