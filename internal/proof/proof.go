// Package proof verifies that a cluster's istiods keep the endpoints of other clusters after their remote secrets
// changed: each istiod is queried, and must know as many as before. A sync status of synced proves nothing (istio/istio
// issue 61043).
package proof

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Durations. Measured with istiod 1.30: 30 s after a change the endpoints are gone.
const (
	// Period is how long they must know the endpoints after all are synced.
	Period = 60 * time.Second
	// syncWait bounds how long they may take to sync; istiod itself gives up on a cluster after 30 s.
	syncWait = 2 * time.Minute
	interval = 5 * time.Second
)

// Target is a cluster whose remote secret changes.
type Target struct {
	Name string
	endpoints.Peer
}

// Input selects what to query.
type Input struct {
	// Consumer is the cluster whose istiods are queried.
	Consumer string
	Istiods  Istiods
	Targets  []Target
	// Ambient also queries what ztunnels get.
	Ambient bool
	Clock   Clock
	// Recorded is what istiods knew before a change of an earlier run, as Record returned it then.
	Recorded Record
	// Restart returns the command that restarts a Deployment.
	Restart func(deployment string) string
}

// Proof verifies one change.
type Proof struct {
	Input
	// before is the maximum that any istiod knew: by view and target.
	before []endpoints.Known
	// seen are the pods of the last round.
	seen int
}

// Begin queries every ready istiod before the change.
func Begin(ctx context.Context, in Input) (*Proof, error) {
	p := &Proof{Input: in}
	answers, err := p.ask(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask %s's istiod for endpoints: %w", in.Consumer, terminal.Paragraph(err))
	}
	for i := range views(in.Ambient) {
		known := endpoints.Known{}
		for _, answer := range answers {
			for _, target := range in.Targets {
				known[target.ID] = endpoints.Max(known[target.ID], answer.known[i][target.ID])
			}
		}
		for _, target := range in.Targets {
			if total, ok := in.Recorded.of(target.Name, i); ok {
				known[target.ID] = endpoints.Counts{wholeCluster: total}
			}
		}
		p.before = append(p.before, known)
	}
	return p, nil
}

// Unknown returns the targets of which no istiod knew any endpoint before: nothing can be missing, so nothing is
// proven.
func (p *Proof) Unknown() []string {
	var names []string
	for _, target := range p.Targets {
		if p.before[len(p.before)-1][target.ID].Total() == 0 {
			names = append(names, target.Name)
		}
	}
	return names
}

// period is how long istiods are queried. If nothing was known before, there is nothing to wait for.
func (p *Proof) period() time.Duration {
	if len(p.Unknown()) == len(p.Targets) {
		return 0
	}
	return Period
}

// Await queries every ready istiod repeatedly until all have been synced for Period. It returns immediately if one is
// synced and knows fewer endpoints than before.
func (p *Proof) Await(ctx context.Context) error {
	patience := p.Clock.Now().Add(syncWait)
	var synced time.Time
	for {
		answers, unsynced := p.ask(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.compare(answers); err != nil {
			return err
		}
		if unsynced == nil {
			unsynced = p.unsynced(answers)
		}
		now := p.Clock.Now()
		if unsynced != nil {
			synced = time.Time{}
			if !now.Before(patience) {
				return fmt.Errorf("%s's istiod is not synced: %w", p.Consumer, terminal.Paragraph(unsynced))
			}
		} else if synced.IsZero() {
			synced = now
		}
		if !synced.IsZero() && now.Sub(synced) >= p.period() {
			p.seen = len(answers)
			return nil
		}
		if err := p.Clock.Sleep(ctx, interval); err != nil {
			return err
		}
	}
}

// String describes what was verified.
func (p *Proof) String() string {
	var shown []string
	last := views(p.Ambient)[len(p.before)-1]
	for _, target := range p.Targets {
		counts := p.before[len(p.before)-1][target.ID]
		known := terminal.Count(counts.Total(), last.noun)
		if _, recorded := counts[wholeCluster]; !recorded {
			known += " of " + terminal.Count(len(counts), "service")
		}
		shown = append(shown, known+" in "+target.Name)
	}
	return fmt.Sprintf("%s of istiod synced, with at least the %s known before, for %s", terminal.Count(p.seen, "pod"),
		strings.Join(shown, ", "), Period)
}

// unsynced returns the first pod and target that are not synced.
func (p *Proof) unsynced(answers []answer) error {
	for _, answer := range answers {
		for _, target := range p.Targets {
			switch status := answer.status[target.ID]; status {
			case endpoints.StatusSynced:
			case "":
				return fmt.Errorf("pod %s does not know cluster %s", answer.pod.Name, target.ID)
			default:
				return fmt.Errorf("pod %s reports %s as %q", answer.pod.Name, target.Name, status)
			}
		}
	}
	return nil
}

// compare returns an error for each pod and target with fewer endpoints than before. What a pod knows about an unsynced
// cluster is incomplete.
func (p *Proof) compare(answers []answer) error {
	var errs []error
	for _, answer := range answers {
		for _, target := range p.Targets {
			if answer.status[target.ID] != endpoints.StatusSynced || len(answer.known) < len(p.before) {
				continue
			}
			for i, view := range views(p.Ambient) {
				losses := losses(p.before[i][target.ID], answer.known[i][target.ID])
				if len(losses) == 0 {
					continue
				}
				errs = append(errs, hint.Errorf("unless a rollout or scaling in "+target.Name+" explains it, "+
					"restart istiod: "+p.Restart(answer.pod.Deployment()),
					"istiod pod %s in %s knows fewer %ss of %s than before the change: %s",
					answer.pod.Name, p.Consumer, view.noun, target.Name, listLosses(losses)))
			}
		}
	}
	return errors.Join(errs...)
}

// shownLosses bounds a list: a cluster's endpoints disappear all at once.
const shownLosses = 5

func listLosses(losses []endpoints.Loss) string {
	var shown []string
	for _, loss := range losses[:min(len(losses), shownLosses)] {
		shown = append(shown, terminal.Plain(loss.String()))
	}
	if more := len(losses) - len(shown); more > 0 {
		shown = append(shown, terminal.Count(more, "more service"))
	}
	return strings.Join(shown, ", ")
}
