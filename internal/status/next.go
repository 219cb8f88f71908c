package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// stage is a stage on the way to a mesh, with its remaining steps.
type stage func(r Report, flag string) []Step

// stages are in order: what is decided, what is stored, what is reviewed, what is applied.
func stages() []stage {
	return []stage{
		makeRoot, renewRoot, issueCertificates,
		getCredentials, renewCredentials, exchangeFiles,
		renderTree, commitTree, applyTree, collectTokens, checkMesh,
	}
}

// next lists the due steps. A stage that ends the list precedes everything that depends on it.
func next(r Report, filenameFlag string) []Step {
	steps := append(collectFacts(r, filenameFlag), fixFindings(r, filenameFlag)...)
	if r.Findings.Errors > 0 { // nothing renders before they are fixed
		return append(steps, exchangeFiles(r, filenameFlag)...)
	}
	for _, stage := range stages() {
		steps = append(steps, stage(r, filenameFlag)...)
	}
	return steps
}

func fixFindings(r Report, flag string) []Step {
	if r.Findings.Errors == 0 {
		return nil
	}
	return []Step{{
		Command: "kubectl mesh validate" + flag,
		Reason:  terminal.Count(r.Findings.Errors, "error") + " in the mesh",
	}}
}

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

// siteOf returns the site that has to act because this one does not reach a cluster.
func siteOf(r Report, cluster string) string {
	for _, c := range r.Clusters {
		if c.Name == cluster && c.Site != "" {
			return siteNamed(c.Site)
		}
	}
	return "the site that reaches " + cluster
}

func siteNamed(name string) string { return "site " + name }

// collectFacts applies to sites: otherwise a missing fact is a finding.
func collectFacts(r Report, flag string) []Step {
	steps := []Step{}
	for _, c := range r.Clusters {
		if c.Facts || c.Site == "" || r.Findings.Errors+r.Findings.Incomplete == 0 {
			continue
		}
		step := Step{Command: "kubectl mesh collect --cluster " + shell.Name(c.Name) + flag, Reason: "no facts of " + c.Name}
		if !c.Here {
			step.Where = siteOf(r, c.Name)
		}
		steps = append(steps, step)
	}
	return steps
}

// exchangeFiles sends what other sites wait for, which they need before they can act.
func exchangeFiles(r Report, flag string) []Step {
	var others []string
	for _, site := range r.Sites {
		if !site.Here {
			others = append(others, site.Name)
		}
	}
	if len(others) == 0 || len(others) == len(r.Sites) {
		return nil
	}
	return []Step{
		{
			Command: "kubectl mesh exchange export -o FILE" + flag,
			Reason:  "pass the file to " + folded(others) + "; it contains what other sites need from this one",
		},
	}
}

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

// folded lists names up to the length of a line.
func folded(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
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

func renderTree(r Report, flag string) []Step {
	if !r.isRenderDue() {
		return nil
	}
	step := Step{
		Command: "kubectl mesh render --output-dir " + shell.Name(r.Tree.Dir) + flag,
		Reason:  "nothing is rendered yet",
	}
	if r.Tree.State == Stale {
		step.Reason = terminal.Count(r.Tree.Differences, "file") + " in " + r.Tree.Dir + " not current"
	}
	return []Step{step}
}

func (r Report) isRenderDue() bool {
	return (r.Tree.State == Missing || r.Tree.State == Stale) && !r.isAppliedWithoutTree()
}

// isAppliedWithoutTree: without Git no review needs a tree, and a cluster was applied without one.
func (r Report) isAppliedWithoutTree() bool {
	isApplied := func(c Cluster) bool { return c.Live != nil && c.Live.Error == "" && c.Live.Pending == 0 }
	return r.Tree.State == Missing && r.Tree.Committed == nil && slices.ContainsFunc(r.Clusters, isApplied)
}

// commitTree commits what is not committed, and the tree that is to be rendered before.
func commitTree(r Report, _ string) []Step {
	if r.Tree.Committed == nil {
		return nil
	}
	var names []string
	if !*r.Tree.Committed {
		names = slices.Clone(r.Tree.Uncommitted)
	}
	if r.isRenderDue() {
		names = append(names, r.Tree.Dir)
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	var quoted []string
	for _, name := range slices.Compact(names) {
		quoted = append(quoted, shell.Name(name))
	}
	return []Step{{
		Command: "git add " + strings.Join(quoted, " ") + " && git commit",
		Reason:  "only a committed tree is applied",
	}}
}

func applyTree(r Report, flag string) []Step {
	var pending []string
	objects, asked := 0, false
	for _, c := range r.Clusters {
		switch {
		case !c.Here:
			continue
		case c.Live == nil:
			pending = append(pending, c.Name)
		default:
			asked = true
			if c.Live.Pending > 0 {
				pending = append(pending, c.Name)
				objects += c.Live.Pending
			}
		}
	}
	if len(pending) == 0 {
		return nil
	}
	reason := "applies to " + strings.Join(pending, ", ") + "; a second run changes nothing"
	if asked {
		reason = fmt.Sprintf("%s pending in %s", terminal.Count(objects, "change"), strings.Join(pending, ", "))
	}
	return []Step{{Command: "kubectl mesh render --apply" + flag, Reason: reason}}
}

func checkMesh(r Report, flag string) []Step {
	for _, c := range r.Clusters {
		if c.Here {
			if r.hasSample {
				flag = " --sample" + flag
			}
			return []Step{{Command: "kubectl mesh check" + flag, Reason: "verifies the mesh in the clusters"}}
		}
	}
	return nil
}
