package status

import (
	"fmt"
	"strings"

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

// folded lists names up to the length of a line.
func folded(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
