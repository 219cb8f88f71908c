package rollout

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// planSecrets plans the remote secrets whose tokens are available.
func (r *run) planSecrets(ctx context.Context, m *member, tokens foundTokens) error {
	in, err := r.credentials(m, tokens)
	if err != nil {
		return err
	}
	overlay, err := render.Compile(in, m.Name, render.Options{Secrets: true})
	if err != nil {
		return err
	}
	m.held = slices.DeleteFunc(overlay.Held, func(h render.Held) bool { return h.Missing == coming() })
	secrets := append(slices.Clone(m.guarded), overlay.Secrets()...)
	m.pending = nil
	if why := m.defersSecrets(); why != "" {
		return r.deferSecrets(ctx, m, secrets, func(string) string { return why })
	}
	m.secrets, err = m.session.Plan(ctx, secrets)
	if err != nil && !r.Workspace.Doc.Mesh.Spec.AdmissionPolicy && apply.IsRefusedBy(err, access.AdmissionPolicy) {
		remedy := "kubectl --context=" + shell.Name(cmp.Or(m.Context, "CONTEXT_OF_"+m.Name)) +
			" delete validatingadmissionpolicybinding " + access.AdmissionPolicy
		err = hint.Add(err, "the policy is no longer in the mesh; delete its binding in "+m.Name+": "+remedy)
	}
	return err
}

// credentials returns those that a cluster gets, and messages about the others.
func (r *run) credentials(m *member, tokens foundTokens) (in render.Input, err error) {
	ws := r.Workspace
	in = ws.RenderInput()
	if in.Bundles, in.AbsentKeys, err = ws.ReadKeys(ws.Bundles, []string{m.Name}); err != nil {
		return in, err
	}
	certificates, err := ws.ReadCredentials(access.CertificatePairs(ws.Graph, m.Name))
	if err != nil {
		return in, err
	}
	in.Credentials, in.AbsentCredentials = certificates.Held, certificates.Absent
	maps.Copy(in.Credentials, tokens.held)
	maps.Copy(in.AbsentCredentials, tokens.absent)
	return in, ws.RefuseExpired(in.Credentials, time.Now())
}

// policyChanges reports whether the API server's policy for remote secrets differs from the plan's.
func (m *member) policyChanges() bool {
	return slices.ContainsFunc(m.plan, func(change apply.Change) bool {
		return change.Kind == "ValidatingAdmissionPolicy" && change.Action == apply.ActionConfigure
	})
}

// tokenWait bounds the wait for API servers to fill in tokens. It takes a second, and longer if the token controller
// has just started or is busy.
const tokenWait = 2 * time.Minute

// applySecrets waits for missing tokens, and applies the remote secrets. Tokens pass through memory from one API server
// to the other. A missing token is an error, and does not hold back the others.
func (r *run) applySecrets(ctx context.Context, m *member) error {
	var missing error
	if len(m.pending) > 0 {
		waiting, cancel := context.WithTimeout(ctx, tokenWait)
		defer cancel()
		tokens := r.tokens.all(waiting, access.TokenPairs(r.Workspace.Graph, m.Name), r.tokens.wait)
		m.unavailable, missing = nil, tokens.err
		if err := r.planAdmitted(ctx, m, tokens); err != nil {
			return errors.Join(missing, err)
		}
	}
	made, err := m.session.Apply(ctx, m.secrets)
	m.made = append(m.made, made...)
	return errors.Join(missing, err)
}

// policyWait bounds the wait for an API server to enforce a changed policy; it takes a second.
const (
	policyWait     = 30 * time.Second
	policyInterval = 100 * time.Millisecond
)

// planAdmitted plans the remote secrets once the API server enforces the policy that was just applied, which it
// watches.
func (r *run) planAdmitted(ctx context.Context, m *member, tokens foundTokens) error {
	var err error
	// The wait's error is that of patience; the rejection says more.
	_ = wait.PollUntilContextTimeout(ctx, policyInterval, policyWait, true, func(ctx context.Context) (bool, error) {
		if planned := r.planSecrets(ctx, m, tokens); err == nil || ctx.Err() == nil {
			err = planned
		}
		return err == nil || !m.policyChanges() || !apply.IsRefusedBy(err, access.AdmissionPolicy), nil
	})
	return err
}

// heldBack returns the objects that cannot be rendered yet: what an earlier run applied of them is kept.
func (m *member) heldBack() []apply.Ref {
	var refs []apply.Ref
	for _, h := range m.held {
		for _, object := range h.Objects {
			if ref, err := apply.RefOf(object); err == nil {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// remoteSecrets returns the Secrets that contain a credential or wait for a policy, whether or not they can be planned
// yet.
func (r *run) remoteSecrets(m *member) []apply.Ref {
	var names []string
	for _, pair := range access.SecretPairs(r.Workspace.Graph, m.Name) {
		names = append(names, access.RemoteSecret(pair.Target))
	}
	for _, object := range m.guarded {
		names = append(names, *object.GetName())
	}
	ca := r.Workspace.Doc.Mesh.Spec.Trust.CA
	if _, ok := r.Workspace.Bundles[m.Name]; ok && ca.Keys == v1alpha1.CAKeysWorkspace {
		names = append(names, access.SigningSecret)
	}
	var refs []apply.Ref
	for _, name := range names {
		refs = append(refs, apply.Ref{APIVersion: "v1", Kind: "Secret", Namespace: m.Istio.Namespace, Name: name})
	}
	return refs
}
