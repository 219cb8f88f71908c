package authority

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// SignInput is a request to sign.
type SignInput struct {
	Cluster string
	// Request is a PEM certificate signing request; if nil, the one in the workspace.
	Request  []byte
	Validity time.Duration
	// Compare has a person compare the fingerprint of the request's key.
	Compare func(fingerprint string) error
}

// Sign signs the request of a cluster with the root key.
func (a *Authority) Sign(ctx context.Context, in SignInput) error {
	cluster, err := a.member(in.Cluster)
	if err != nil {
		return err
	}
	if in.Request == nil {
		if in.Request, err = a.request(in.Cluster); err != nil {
			return err
		}
	}
	public, err := trust.ParseRequest(in.Request)
	if err != nil {
		return verdict.Input(err)
	}
	fingerprint, err := trust.KeyFingerprint(public)
	if err != nil {
		return err
	}
	if err := in.Compare(fingerprint); err != nil {
		return err
	}
	as, err := a.issuance("", in.Validity)
	if err != nil {
		return err
	}
	return a.change(ctx, func(c *change) error { return c.sign(as, cluster, in.Request) })
}

// request reads a cluster's request from the workspace.
func (a *Authority) request(cluster string) ([]byte, error) {
	text, err := a.Workspace.ReadFile(layout.SigningRequest(cluster))
	if err != nil {
		return nil, hint.Add(terminal.QuotePath(err),
			"create it at the cluster's site: kubectl mesh ca request --cluster "+cluster+a.Workspace.FilenameFlag())
	}
	return text, nil
}
