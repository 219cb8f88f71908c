package reader

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// PendingRequest is a reader's request without a certificate.
type PendingRequest struct {
	workspace.Pending
	Pair access.Pair
}

// Pending returns those whose target passes a filter. A request for another identity than the reader's is an error.
func Pending(ws *workspace.Workspace, isHere func(cluster string) bool) ([]PendingRequest, error) {
	var pending []PendingRequest
	var errs []error
	for _, pair := range ws.Pairs() {
		a, err := ws.Access(pair)
		if err != nil || !isHere(pair.Target) || a.Kind().Traits().Form != access.FormCertificate || a.Newest() == 0 {
			continue
		}
		file := layout.ClientRequest(pair.Target, pair.Consumer)
		request, err := ws.ReadOptional(file)
		if err != nil || request == nil {
			errs = append(errs, err)
			continue
		}
		certificate, err := ws.ReadOptional(pair.ClientCertificateFile(a.Newest()))
		if err != nil || kubeconfig.AnswersClientRequest(certificate, request) {
			errs = append(errs, err)
			continue
		}
		user := access.ReaderUser(pair.Consumer, a.Newest())
		fingerprint, err := kubeconfig.CheckClientRequest(request, user)
		if err != nil {
			errs = append(errs, verdict.Input(hint.Prefix(err, ws.Path(file)+": ")))
			continue
		}
		pending = append(pending, PendingRequest{
			Pair: pair,
			Pending: workspace.Pending{Cluster: pair.Target, Request: request,
				What: "client certificate of " + user + " for " + pair.Target, Fingerprint: fingerprint},
		})
	}
	return pending, errors.Join(errs...)
}

// ApprovePendingInput selects the requests to approve together.
type ApprovePendingInput struct {
	Workspace *workspace.Workspace
	Clusters  func() (*live.Clusters, error)
	// Target limits them to one cluster; if empty, all that the kubeconfig reaches.
	Target   string
	Validity time.Duration
	// Confirm shows all identities and fingerprints, and asks once.
	Confirm func([]workspace.Pending) error
	Log     hint.Log
}

// ApprovePending has the reachable clusters sign all pending requests. A failure does not stop the others: signed
// certificates are stored.
func ApprovePending(ctx context.Context, in ApprovePendingInput) error {
	if in.Target != "" {
		if err := in.Workspace.CheckCluster(in.Target); err != nil {
			return err
		}
	}
	clusters, err := in.Clusters()
	if err != nil {
		return err
	}
	pending, err := Pending(in.Workspace, func(name string) bool {
		cluster, known := in.Workspace.Graph.Cluster(name)
		return known && (in.Target == name || in.Target == "" && clusters.Away(cluster) == nil)
	})
	if err != nil {
		return err
	}
	if len(pending) == 0 {
		in.Log.Info("no request is pending for a cluster that is reached from here")
		return nil
	}
	var all []workspace.Pending
	for _, one := range pending {
		all = append(all, one.Pending)
	}
	if err := in.Confirm(all); err != nil {
		return err
	}
	var errs []error
	for _, one := range pending {
		file, err := Approve(ctx, ApproveInput{
			Workspace: in.Workspace,
			Pair:      one.Pair,
			Request:   one.Request,
			Validity:  in.Validity,
			Clusters:  func() (*live.Clusters, error) { return clusters, nil },
			Compare:   func(string) error { return nil },
		})
		if err != nil {
			errs = append(errs, hint.Prefix(err, fmt.Sprintf("%s for %s: ", one.Pair.Consumer, one.Pair.Target)))
			continue
		}
		in.Log.Info("wrote %s", file)
	}
	return errors.Join(errs...)
}
