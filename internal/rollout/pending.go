package rollout

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// defersSecrets explains why the credentials cannot be planned before the rest is applied; empty if they can.
func (m *member) defersSecrets() string {
	switch {
	case m.made != nil:
	case m.comesWithNamespace():
		return apply.NoNamespace(m.Istio.Namespace)
	case m.policyChanges():
		return "the admission policy is applied first"
	}
	return ""
}

// standIn replaces a missing token in a dry run: other field managers conflict with any value but their own.
const standIn = "token-that-does-not-exist-yet"

// planLate records remote secrets whose tokens do not exist yet, and finds their conflicts.
func (r *run) planLate(ctx context.Context, m *member, late []lateToken) error {
	if len(late) == 0 {
		return nil
	}
	token, err := kubeconfig.ParseToken([]byte(standIn))
	if err != nil {
		return err
	}
	tokens, why := map[access.Pair]kubeconfig.Credential{}, map[string]string{}
	for _, one := range late {
		tokens[one.pair], why[access.RemoteSecret(one.pair.Target)] = kubeconfig.Credential{Token: token}, one.why
	}
	in := render.Input{Mesh: r.Workspace.Doc.Mesh, Graph: r.Workspace.Graph, Credentials: tokens}
	overlay, err := render.Compile(in, m.Name, render.Options{Secrets: true})
	if err != nil {
		return err
	}
	return r.deferSecrets(ctx, m, overlay.Secrets(), func(name string) string { return why[name] })
}

// deferSecrets records Secrets that are planned later. The error is their conflicts, which must be known before the
// first change of any cluster. This plan is never applied.
func (r *run) deferSecrets(
	ctx context.Context, m *member, secrets []render.Object, why func(name string) string,
) error {
	plan := make([]apply.Change, len(secrets))
	var err error
	if !m.comesWithNamespace() {
		plan, err = m.session.Plan(ctx, secrets)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, secret := range secrets {
		ref, err := apply.RefOf(secret)
		if err != nil {
			return err
		}
		action := plan[i].Action
		if action == "" {
			action = apply.ActionCreate
		}
		m.pending = append(m.pending, apply.Change{Ref: ref, Action: action, NotChecked: why(ref.Name)})
	}
	return apply.Conflicts(err)
}

// remedy records the remedy for what could not be checked.
func (m *member) remedy(why string, remedies []string) {
	if m.remedies == nil {
		m.remedies = map[string][]string{}
	}
	m.remedies[why] = remedies
}

// needKinds records how to install a cluster's missing kinds.
func (m *member) needKinds(r *run, plan []apply.Change, missing *apply.MissingKinds) {
	for _, change := range plan {
		kind := schema.FromAPIVersionAndKind(change.APIVersion, change.Kind)
		if slices.Contains(missing.Kinds, kind) {
			one := &apply.MissingKinds{Kinds: []schema.GroupVersionKind{kind}}
			m.remedy(change.NotChecked, hint.Of(r.Clusters.ExplainKinds(one, one, m.Cluster)))
		}
	}
}

// notChecked returns the changes that the API server could not dry-run.
func (m *member) notChecked() []apply.Change {
	return slices.DeleteFunc(m.changes(), func(c apply.Change) bool { return c.NotChecked == "" })
}

// changes returns all changes of a member, whenever they are made.
func (m *member) changes() []apply.Change { return slices.Concat(m.plan, m.secrets, m.pending) }

// notCompared returns those whose result a diff cannot show either: objects in a new namespace are known, except for
// credentials.
func (m *member) notCompared() []apply.Change {
	planned := slices.DeleteFunc(slices.Clone(m.plan), func(c apply.Change) bool {
		return c.NotChecked == "" || c.NotChecked == apply.NoNamespace(c.Namespace)
	})
	return append(planned, m.pending...)
}

// logGaps reports what could not be done with some objects, one line per reason.
func (r *run) logGaps(m *member, what string, changes []apply.Change) {
	var reasons []string
	refs := map[string][]apply.Ref{}
	for _, change := range changes {
		if refs[change.NotChecked] == nil {
			reasons = append(reasons, change.NotChecked)
		}
		refs[change.NotChecked] = append(refs[change.NotChecked], change.Ref)
	}
	for _, why := range reasons {
		if r.Log != nil {
			r.Log(hint.Notice{
				Warning:  true,
				Text:     fmt.Sprintf("%s: %s: %s: %s", m.Name, what, folded(refs[why]), why),
				Remedies: m.remedies[why],
			})
		}
	}
}

// maxNamed is how many objects are listed by name.
const maxNamed = 10

// folded lists objects by name, or counts them by kind if there are many.
func folded(refs []apply.Ref) string {
	var names, kinds []string
	count := map[string]int{}
	for _, ref := range refs {
		names = append(names, ref.String())
		if count[ref.Kind]++; count[ref.Kind] == 1 {
			kinds = append(kinds, ref.Kind)
		}
	}
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", count[kind], kind)
	}
	return strings.Join(kinds, ", ")
}

// gaps returns verdict.ErrIncomplete if something could not be dry-run in any cluster.
func (r *run) gaps(of func(*member) []apply.Change) error {
	return verdict.IncompleteIf(slices.ContainsFunc(r.members, func(m *member) bool { return len(of(m)) > 0 }))
}
