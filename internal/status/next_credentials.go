package status

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// getCredentials is for those whose key must be created, or signed, before anything is applied.
func getCredentials(r Report, _ string) []Step {
	return fetchSteps(r, func(l Link) bool { return !l.issued })
}

// collectTokens is for those that an API server issues once its cluster's overlay is applied, and that no apply
// transfers, because another site has one end of the link. They are sent in an exchange file.
func collectTokens(r Report, flag string) []Step {
	steps := fetchSteps(r, func(l Link) bool { return l.issued })
	if slices.ContainsFunc(steps, func(step Step) bool { return step.Where == "" }) {
		steps = append(steps, exchangeFiles(r, flag)...)
	}
	return steps
}

// fetchSteps get some of the missing credentials.
func fetchSteps(r Report, isMeant func(Link) bool) []Step {
	here := map[string]bool{}
	for _, c := range r.Clusters {
		here[c.Name] = c.Here
	}
	missing := map[Step][]string{} // one command may be due at several sites
	var steps []Step
	for _, l := range r.Links {
		if l.State != Missing || l.Fetch == "" || !isMeant(l) {
			continue
		}
		step := Step{Command: l.Fetch}
		if !here[l.FetchAt] {
			step.Where = siteOf(r, l.FetchAt)
		}
		if missing[step] == nil {
			steps = append(steps, step)
		}
		missing[step] = append(missing[step], l.Name)
	}
	for i := range steps {
		steps[i].Reason = "no credential for " + folded(missing[steps[i]])
	}
	return steps
}

func renewCredentials(r Report, flag string) []Step {
	var steps []Step
	for _, l := range r.Links {
		link := " --link " + shell.Name(l.Name)
		if l.State == Expiring || l.State == Expired || l.State == Refused {
			steps = append(steps, Step{Command: "kubectl mesh credentials rotate" + link + " --apply" + flag,
				Reason: "the credential of link " + l.Name + " is " + string(l.State)})
		}
		if l.State == Undeleted {
			steps = append(steps, Step{Command: "kubectl mesh credentials revoke" + link + flag,
				Reason: "the token Secret of revoked link " + l.Name + " still exists"})
		}
	}
	return steps
}
