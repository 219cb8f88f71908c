package status

import (
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func makeRoot(r Report, flag string) []Step {
	if r.Trust == nil || r.Trust.State != Missing || len(r.Clusters) < 2 { // a single cluster needs none
		return nil
	}
	return []Step{{
		Command: "kubectl mesh ca init" + flag,
		Reason:  "the clusters share no root of trust; kubectl mesh ca import imports your own",
	}}
}

func renewRoot(r Report, flag string) []Step {
	if r.Trust == nil {
		return nil
	}
	for _, root := range r.Trust.Roots {
		if root.State.NeedsAttention() && len(r.Trust.Roots) == 1 {
			return []Step{{
				Command: "kubectl mesh ca rotate --root" + flag,
				Reason:  "the root expires on " + root.Expires.UTC().Format(time.DateOnly),
			}}
		}
	}
	return nil
}

func issueCertificates(r Report, flag string) []Step {
	if r.Trust == nil || r.Trust.State == Missing {
		return nil // ca init issues them
	}
	var steps []Step
	var issue []string
	for _, c := range r.Clusters {
		switch {
		case c.Certificate == nil || !c.Certificate.State.NeedsAttention():
		case c.Certificate.State == Missing && !c.Certificate.Requested && r.Trust.HoldsRootKey && !isElsewhere(r, c):
			issue = append(issue, c.Name)
		default:
			steps = withStep(steps, certificateStep(r, c, flag))
		}
	}
	if len(issue) > 0 {
		steps = append(steps, issueStep(issue, flag))
	}
	return steps
}

// withStep adds a step; if the same command is already due, it adds the reason.
func withStep(steps []Step, step Step) []Step {
	for i := range steps {
		if steps[i].Command == step.Command && steps[i].Where == step.Where {
			steps[i].Reason += "; " + step.Reason
			return steps
		}
	}
	return append(steps, step)
}

func issueStep(clusters []string, flag string) Step {
	which := " --all"
	if len(clusters) == 1 {
		which = " --cluster " + shell.Name(clusters[0])
	}
	return Step{
		Command: "kubectl mesh ca issue" + which + flag,
		Reason:  "no intermediate certificate: " + folded(clusters),
	}
}

// certificateStep gets a cluster's certificate: with one command where the root key is, otherwise with a request.
func certificateStep(r Report, c Cluster, flag string) Step {
	holdsRootKey := r.Trust.HoldsRootKey
	name := " --cluster " + shell.Name(c.Name) + flag
	step := Step{Reason: fmt.Sprintf("the intermediate certificate of %s: %s", c.Name, c.Certificate.State)}
	switch {
	case c.Certificate.State != Missing && holdsRootKey:
		step.Command = "kubectl mesh ca rotate" + name
	case c.Certificate.Requested && holdsRootKey:
		step.Command = signCommand(r, name, flag)
	case c.Certificate.Requested:
		step.Command, step.Where = signCommand(r, name, flag), "the site that has the root key"
	case c.Here:
		step.Command = requestCommand(r, name, flag)
	default:
		step.Command, step.Where = requestCommand(r, name, flag), siteOf(r, c.Name)
	}
	return step
}

// isElsewhere reports whether another site has a cluster's key: its certificate requires a request.
func isElsewhere(r Report, c Cluster) bool { return c.Site != "" && !c.Here && !r.IsElsewhere() }

// signCommand signs everything at once if requests arrive in exchange files.
func signCommand(r Report, name, flag string) string {
	if len(r.Sites) > 0 {
		return "kubectl mesh ca sign --pending" + flag
	}
	return "kubectl mesh ca sign" + name
}

func requestCommand(r Report, name, flag string) string {
	if len(r.Sites) > 0 {
		return "kubectl mesh ca request --pending" + flag
	}
	return "kubectl mesh ca request" + name
}
