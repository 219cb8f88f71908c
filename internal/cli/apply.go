package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// applyRun brings a mesh to its clusters, in stages. In each stage all clusters work at once;
// one that fails in a stage is left out of those that follow.
type applyRun struct {
	*renderOptions
	ws       *workspace
	clusters []*applyCluster
	tokens   *tokenSource
	// owners are the clusters by UID; claiming guards it, and the files of facts.
	owners   map[string]string
	claiming sync.Mutex
}

// applyCluster is one cluster and how far it has come.
type applyCluster struct {
	*v1alpha1.Cluster
	reader *cluster.Client
	writer *apply.Client
	// before is the inventory as the last run left it.
	before []apply.Entry
	// announced is the inventory from before the first change on.
	announced []apply.Entry
	// plan is for what holds no credential, secrets for the credentials that are at hand; later
	// counts the others.
	plan, secrets []apply.Change
	later         int
	// guarded are the remote secrets that hold no credential, where an admission policy has to know of
	// them first; elsewhere they are in the plan.
	guarded   []render.Object
	leftovers []apply.Leftover
	strangers []apply.Stranger
	// made and pruned is what was done.
	made   []apply.Change
	pruned []apply.Entry
	// found is the UID that the API server told.
	found string
	err   error
}

// runApply is render --apply.
func (o *renderOptions) runApply(ws *workspace) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program
	defer stop()
	run, err := o.openApply(ws)
	if err != nil {
		return err
	}
	// Nothing is written anywhere before every cluster has proved to be the one that is meant.
	run.each(ctx, run.identify)
	if err := run.failure(); err != nil {
		return withHint(err, "nothing was changed in any cluster")
	}
	if err := run.record(); err != nil {
		return err
	}
	run.each(ctx, run.makePlan)
	run.sayPlan()
	if o.dryRun == dryRunServer || !run.hasWork() {
		return run.finish(ctx)
	}
	if err := run.confirm(ctx); err != nil {
		return err
	}
	run.eachSaid(ctx, "accounts, rights and gateways are there", run.applyPlan)
	run.eachSaid(ctx, "remote secrets are there", run.applySecrets)
	run.each(ctx, run.prune)
	run.settle(context.WithoutCancel(ctx))
	return run.finish(ctx)
}

// openApply makes the clients. It connects to nothing.
func (o *renderOptions) openApply(ws *workspace) (*applyRun, error) {
	targets := ws.graph.Names()
	if o.cluster != "" || *o.Context != "" {
		name, err := o.pickCluster(ws)
		if err != nil {
			return nil, err
		}
		targets = []string{name}
	}
	if _, err := ws.readKeys(ws.bundles, targets); err != nil {
		return nil, err // tokens come from the clusters, keys from nowhere else
	}
	if err := o.checkPublic(ws, targets); err != nil {
		return nil, err
	}
	if err := o.complete(); err != nil {
		return nil, err
	}
	run := &applyRun{renderOptions: o, ws: ws, owners: map[string]string{}}
	run.tokens = &tokenSource{run: run, readers: map[string]tokenReader{}}
	var errs []error
	for _, name := range targets {
		declared, _ := ws.graph.Cluster(name)
		c := &applyCluster{Cluster: declared}
		config, err := o.config(declared)
		if err == nil {
			c.reader, err = cluster.Open(config)
		}
		if err == nil {
			c.writer, err = apply.Open(config)
		}
		errs = append(errs, err)
		run.clusters = append(run.clusters, c)
		run.tokens.readers[name] = tokenReader{client: c.reader}
	}
	return run, errors.Join(errs...)
}

// checkPublic refuses a credential in what everybody may see of an object, before any cluster is asked.
func (o *renderOptions) checkPublic(ws *workspace, targets []string) error {
	in := render.Input{Mesh: ws.doc.Mesh, Graph: ws.graph, Bundles: ws.bundles, Sample: o.sample}
	var errs []error
	for _, name := range targets {
		overlay, err := render.Compile(in, name, render.Options{})
		if err == nil {
			err = overlay.CheckPublic()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// each does one stage for all clusters that have not failed.
func (r *applyRun) each(ctx context.Context, stage func(context.Context, *applyCluster) error) {
	r.eachSaid(ctx, "", stage)
}

// eachSaid tells a person who waits at a terminal, cluster by cluster, what is done by now. A log
// has the report at the end.
func (r *applyRun) eachSaid(ctx context.Context, done string, stage func(context.Context, *applyCluster) error) {
	r.tokens.coming = map[string]bool{}
	for _, c := range r.clusters {
		r.tokens.coming[c.Name] = c.err == nil
	}
	work := func(ctx context.Context, c *applyCluster) error {
		if c.err != nil {
			return c.err
		}
		return stage(ctx, c)
	}
	for c, err := range inOrder(ctx, r.clusters, work) {
		if c.err = err; err == nil && done != "" && r.OutIsTerminal {
			fmt.Fprintf(r.ErrOut, "%s: %s\n", c.Name, done)
		}
	}
}

// labels are those of every object of ours, and of nothing else.
func (r *applyRun) labels() map[string]string { return render.Labels(r.ws.doc.Mesh.Metadata.Name) }

func (r *applyRun) inventory(c *applyCluster, entries []apply.Entry) apply.Inventory {
	return apply.Inventory{Mesh: r.ws.doc.Mesh.Metadata.Name, Namespace: c.Istio.Namespace, Labels: r.labels(), Entries: entries}
}

// makePlan asks the API server what would happen, and looks around.
func (r *applyRun) makePlan(ctx context.Context, c *applyCluster) (err error) {
	in := render.Input{Mesh: r.ws.doc.Mesh, Graph: r.ws.graph, Bundles: r.ws.bundles, Sample: r.sample}
	overlay, err := render.Compile(in, c.Name, render.Options{})
	if err != nil {
		return err
	}
	objects := overlay.Objects()
	if r.ws.doc.Mesh.Spec.AdmissionPolicy {
		objects, c.guarded = render.RemoteSecretsApart(objects)
	}
	if c.plan, err = c.writer.Plan(ctx, objects, r.forceConflicts); err != nil {
		return err
	}
	tokens, pending, err := r.tokens.all(ctx, render.Readings(r.ws.graph, c.Name), r.tokens.now)
	if err != nil {
		return err
	}
	if err := r.planSecrets(ctx, c, tokens); err != nil {
		return err
	}
	c.later += pending
	if c.before, err = c.writer.ReadInventory(ctx, r.inventory(c, nil)); err != nil {
		return err
	}
	if c.leftovers, err = c.writer.Leftovers(ctx, c.before, slices.Concat(c.plan, r.remoteSecrets(c)), r.labels()); err != nil {
		return err
	}
	strangers, err := c.writer.Strangers(ctx, c.Istio.Namespace, r.labels())
	c.strangers = slices.DeleteFunc(strangers, func(s apply.Stranger) bool { return s.Google && c.inFleet(r.ws.doc.Mesh) })
	return err
}

// inFleet tells whether Google's control plane finds the other clusters by secrets of its own.
func (c *applyCluster) inFleet(mesh *v1alpha1.Mesh) bool {
	return mesh.Spec.Discovery == v1alpha1.DiscoveryFleet && c.Istio.MulticlusterMode != v1alpha1.MulticlusterManual
}

// comesWithNamespace tells whether the namespace of Istio is still to be made.
func (c *applyCluster) comesWithNamespace() bool {
	return len(c.plan) > 0 && c.plan[0].Action == apply.ActionCreate && c.plan[0].Kind == "Namespace"
}

// applyPlan announces what comes, and applies what holds no credential.
func (r *applyRun) applyPlan(ctx context.Context, c *applyCluster) error {
	namespaces := 0
	for namespaces < len(c.plan) && c.plan[namespaces].Kind == "Namespace" {
		namespaces++
	}
	made, err := c.writer.Apply(ctx, c.plan[:namespaces], r.forceConflicts)
	if c.made = made; err != nil {
		return err
	}
	c.announced = apply.Announce(c.before, slices.Concat(c.plan, r.remoteSecrets(c)))
	if err := c.writer.WriteInventory(ctx, r.inventory(c, c.announced)); err != nil {
		return err
	}
	made, err = c.writer.Apply(ctx, c.plan[namespaces:], r.forceConflicts)
	c.made = append(c.made, made...)
	return err
}

// prune removes what the mesh no longer has.
func (r *applyRun) prune(ctx context.Context, c *applyCluster) (err error) {
	if r.doPrune {
		c.pruned, err = c.writer.Prune(ctx, c.leftovers)
	}
	return err
}

// settleTime bounds how long an interrupted run still writes down what it has done.
const settleTime = 5 * time.Second

// settle writes down what is there now, also in a cluster that has stopped half way.
func (r *applyRun) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	write := func(ctx context.Context, c *applyCluster) error {
		if len(c.made)+len(c.pruned) == 0 {
			return nil
		}
		return c.writer.WriteInventory(ctx, r.inventory(c, apply.Settle(c.announced, c.made, c.pruned)))
	}
	for c, err := range inOrder(ctx, r.clusters, write) {
		if c.err == nil {
			c.err = err
		}
	}
}
