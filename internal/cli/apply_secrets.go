package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// planSecrets plans the remote secrets of which the tokens are there.
func (r *applyRun) planSecrets(ctx context.Context, c *applyCluster, tokens map[render.Reading]kubeconfig.Token) error {
	bundles, err := r.ws.readKeys(r.ws.bundles, []string{c.Name})
	if err != nil {
		return err
	}
	certificates, err := r.ws.readClientCertificates([]string{c.Name})
	if err != nil {
		return err
	}
	if err := r.ws.refuseEnded(tokens, certificates, time.Now()); err != nil {
		return err
	}
	in := render.Input{Mesh: r.ws.doc.Mesh, Graph: r.ws.graph, Tokens: tokens, ClientCertificates: certificates, Bundles: bundles}
	overlay, err := render.Compile(in, c.Name, render.Options{Secrets: true, Partial: true})
	if err != nil {
		return err
	}
	secrets := append(slices.Clone(c.guarded), overlay.Secrets()...)
	if c.made == nil && (c.comesWithNamespace() || c.policyChanges()) {
		c.later = len(secrets) // their namespace is not there to be asked about, or the policy of before would refuse them
		return nil
	}
	c.secrets, err = c.writer.Plan(ctx, secrets, r.forceConflicts)
	if err != nil && !r.ws.doc.Mesh.Spec.AdmissionPolicy && apply.IsRefusedBy(err, render.AdmissionPolicy) {
		err = withHint(err, "the mesh has no such policy any more, but "+c.Name+" has: kubectl --context="+shell.Quote(cmp.Or(c.Context, "CONTEXT_OF_"+c.Name))+" delete validatingadmissionpolicybinding "+render.AdmissionPolicy)
	}
	return err
}

// policyChanges tells whether the API server has a policy for remote secrets that is not the one of the plan.
func (c *applyCluster) policyChanges() bool {
	return slices.ContainsFunc(c.plan, func(change apply.Change) bool {
		return change.Kind == "ValidatingAdmissionPolicy" && change.Action == apply.ActionConfigure
	})
}

// tokenWait bounds how long API servers are given to fill in tokens; it takes a second.
const tokenWait = 60 * time.Second

// applySecrets waits for the tokens that are missing, and applies the remote secrets. They go
// from one API server to the other through memory. One whose token cannot be had is an error,
// and no reason to hold back the others.
func (r *applyRun) applySecrets(ctx context.Context, c *applyCluster) error {
	var missing error
	if c.later > 0 {
		waiting, cancel := context.WithTimeout(ctx, tokenWait)
		defer cancel()
		var tokens map[render.Reading]kubeconfig.Token
		tokens, _, missing = r.tokens.all(waiting, render.Readings(r.ws.graph, c.Name), r.tokens.wait)
		if err := r.planAdmitted(ctx, c, tokens); err != nil {
			return errors.Join(missing, err)
		}
	}
	made, err := c.writer.Apply(ctx, c.secrets, r.forceConflicts)
	c.made = append(c.made, made...)
	return errors.Join(missing, err)
}

// policyWait bounds how long an API server is given to go by a policy that has changed; it takes a second.
const policyWait = 30 * time.Second

// planAdmitted plans the remote secrets once the API server goes by the policy that was just applied: it
// learns of it by a watch, as everybody does.
func (r *applyRun) planAdmitted(ctx context.Context, c *applyCluster, tokens map[render.Reading]kubeconfig.Token) error {
	ctx, cancel := context.WithTimeout(ctx, policyWait)
	defer cancel()
	for {
		err := r.planSecrets(ctx, c, tokens)
		if err == nil || !c.policyChanges() || !apply.IsRefusedBy(err, render.AdmissionPolicy) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// remoteSecrets are the remote secrets that a cluster is to have, whether planned yet or not.
func (r *applyRun) remoteSecrets(c *applyCluster) []apply.Change {
	var secrets []apply.Change
	add := func(name string) {
		secrets = append(secrets, apply.Change{Ref: apply.Ref{APIVersion: "v1", Kind: "Secret", Namespace: c.Istio.Namespace, Name: name},
			Action: apply.ActionCreate})
	}
	for _, reading := range render.SecretReadings(r.ws.graph, c.Name) {
		add(render.RemoteSecret(reading.Target))
	}
	for _, object := range c.guarded {
		add(*object.GetName())
	}
	if _, ok := r.ws.bundles[c.Name]; ok && r.ws.doc.Mesh.Spec.Trust.CA.Keys == v1alpha1.CAKeysWorkspace {
		add(render.SigningSecret)
	}
	return secrets
}
