package reader

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// RequestPendingInput selects the readers that get a certificate.
type RequestPendingInput struct {
	Workspace *workspace.Workspace
	// IsHere reports whether a cluster's keys belong in this workspace.
	IsHere func(cluster string) bool
	Log    hint.Log
}

// RequestPending creates key and request of each local reader without a certificate, in one transaction. It keeps
// existing requests, which may already have been sent. It returns all that wait for a certificate.
func RequestPending(ctx context.Context, in RequestPendingInput) ([]workspace.Pending, error) {
	var pending []workspace.Pending
	var made []clientRequest
	ws := in.Workspace
	for _, pair := range ws.Pairs() {
		a, err := ws.Access(pair)
		if err != nil || !in.IsHere(pair.Consumer) {
			continue
		}
		if a.Kind().Traits().Form != access.FormCertificate || a.Newest() == 0 {
			continue
		}
		one, isAnswered, err := pendingRequest(ws, pair, a.Newest())
		if err != nil {
			return nil, err
		}
		if isAnswered {
			continue
		}
		if one.request != nil {
			one.file = layout.ClientRequest(pair.Target, pair.Consumer)
			remedy := "move it away, or write the request elsewhere: " + ws.RequestCommand(pair) + " --out FILE"
			if err := checkReplaced(ws.Path(one.file), pair, remedy); err != nil {
				return nil, err
			}
			made = append(made, one)
		}
		pending = append(pending, workspace.Pending{Cluster: pair.Target, Fingerprint: one.fingerprint,
			What: "client certificate of " + access.ReaderUser(pair.Consumer, a.Newest()) + " for " + pair.Target})
	}
	if len(made) == 0 {
		return pending, nil
	}
	err := ws.Change(ctx, func(c *workspace.Change) error {
		for _, one := range made {
			one.keepKey(c)
			c.Public(one.file, one.request)
		}
		return nil
	})
	if err == nil {
		for _, one := range made {
			in.Log.Info("wrote %s", ws.Path(one.file))
		}
	}
	return pending, err
}

// pendingRequest returns the request that a reader needs. Without text it exists already, for the existing key.
func pendingRequest(
	ws *workspace.Workspace, pair access.Pair, generation int32,
) (made clientRequest, isAnswered bool, err error) {
	if made, err = newClientRequest(ws, pair, nil); err != nil || made.key != nil {
		return made, false, err
	}
	certificate, err := ws.ReadOptional(pair.ClientCertificateFile(generation))
	if err != nil || kubeconfig.AnswersClientRequest(certificate, made.request) {
		return made, err == nil, err
	}
	before, err := ws.ReadOptional(layout.ClientRequest(pair.Target, pair.Consumer))
	if err != nil || before == nil {
		return made, false, err
	}
	fingerprint, err := kubeconfig.CheckClientRequest(before, access.ReaderUser(pair.Consumer, generation))
	if err == nil && fingerprint == made.fingerprint {
		made.request = nil
	}
	return made, false, nil
}
