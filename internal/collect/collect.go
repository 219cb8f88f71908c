// Package collect reads facts of clusters, and the tokens of their readers, into a workspace: from the API
// servers, or from what gcloud has printed.
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

// Tokens says where the tokens of readers come from.
type Tokens string

// Where they can come from.
const (
	FromSecret  Tokens = "secret"
	FromRequest Tokens = "request"
	SkipTokens  Tokens = "skip"
)

// Input is what is to be read.
type Input struct {
	Workspace *workspace.Workspace
	Clusters  *live.Clusters
	// Names of the clusters; none: all that have a context.
	Names  []string
	Tokens Tokens
	// Duration of a requested token; less than MinDuration is refused.
	Duration, MinDuration time.Duration
	// Pin records the UID of a cluster that nothing proves to be the intended one.
	Pin bool
}

// Result is what came of one cluster.
type Result struct {
	Cluster string         `json:"cluster"`
	Context string         `json:"context"`
	UID     string         `json:"uid,omitempty"`
	File    string         `json:"file,omitempty"`
	Changed []string       `json:"changed"` // fields of the file, none: it was current
	Tokens  []Token        `json:"tokens"`
	Notes   []cluster.Note `json:"notes"`
	Error   string         `json:"error,omitempty"`
	// Hints are what helps against the error.
	Hints []string `json:"hints,omitempty"`

	Err error `json:"-"`
}

// collector is one run.
type collector struct {
	Input
	// declared is what mesh.yaml alone says of each cluster.
	declared map[string]*v1alpha1.Cluster
}

// Run reads the clusters, all at once and each on its own, and keeps what they tell. Results come in the
// order of the clusters, each as soon as it is its turn. The error says what stops before one is asked.
func Run(ctx context.Context, in Input) (iter.Seq2[*v1alpha1.Cluster, Result], error) {
	c := &collector{Input: in, declared: in.Workspace.Declared()}
	if len(c.declared) == 0 { // the facts make mesh.yaml valid
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
