package rollout

import "context"

// Compare reports what an apply without pruning would change in each cluster, and changes nothing. A cluster that does
// not answer has the reason in its report, and the others are compared. The error concerns all of them.
func Compare(ctx context.Context, in Input) ([]Report, error) {
	in.DryRun, in.Prune = true, false
	r, err := newRun(in)
	if err != nil {
		return nil, err
	}
	r.runStage(ctx, "", r.open)
	r.runStage(ctx, "", r.makePlan)
	return r.reports(), nil
}
