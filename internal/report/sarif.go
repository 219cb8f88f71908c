package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// The format is SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), within GitHub's limits
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
	rulesPage    = "https://github.com/kubectl-mesh/kubectl-mesh/blob/main/docs/rules.md"
	// maxResults is how many results of a run GitHub keeps, and maxSARIFText how much of a description.
	maxResults   = 5000
	maxSARIFText = 1024
	// structure is the rule of problems without one.
	structure = "structure"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool      `json:"tool"`
	ColumnKind string         `json:"columnKind"`
	Results    []sarifResult  `json:"results"`
	Properties map[string]int `json:"properties,omitempty"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string      `json:"id"`
	ShortDescription sarifText   `json:"shortDescription"`
	FullDescription  *sarifText  `json:"fullDescription,omitempty"`
	Help             *sarifText  `json:"help,omitempty"`
	HelpURI          string      `json:"helpUri,omitempty"`
	Default          *sarifLevel `json:"defaultConfiguration,omitempty"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

// SARIF prints problems for code scanning. Waived ones are left out: they are accepted.
func SARIF(w io.Writer, problems []mesh.Problem) error {
	open := slices.DeleteFunc(slices.Clone(problems), func(p mesh.Problem) bool { return p.Waived != "" })
	bySeverity := func(a, b mesh.Problem) int { return cmp.Compare(a.Severity, b.Severity) } // error, warning
	slices.SortStableFunc(open, bySeverity)
	run := sarifRun{ColumnKind: "utf16CodeUnits", Results: []sarifResult{}}
	if omitted := len(open) - maxResults; omitted > 0 {
		open, run.Properties = open[:maxResults], map[string]int{"omitted": omitted}
	}
	run.Tool.Driver = sarifDriver{
		Name:           "kubectl mesh",
		InformationURI: "https://github.com/kubectl-mesh/kubectl-mesh",
		Rules:          sarifRules(open),
	}
	seen := map[string]int{}
	for _, problem := range open {
		run.Results = append(run.Results, sarifResultOf(problem, run.Tool.Driver.Rules, seen))
	}
	return Data(w, "json", sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
}

// sarifRules returns the rules with results, sorted.
func sarifRules(problems []mesh.Problem) []sarifRule {
	all := []sarifRule{}
	for _, problem := range problems {
		id := cmp.Or(problem.Rule, structure)
		if !slices.ContainsFunc(all, func(rule sarifRule) bool { return rule.ID == id }) {
			all = append(all, newSARIFRule(id))
		}
	}
	slices.SortFunc(all, func(a, b sarifRule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func newSARIFRule(id string) sarifRule {
	rule, known := rules.Find(id)
	if !known {
		title := "A credential where it could be committed: " + id
		if id == structure {
			title = "A file of the workspace is not valid"
		}
		return sarifRule{ID: id, ShortDescription: sarifText{Text: title}}
	}
	return sarifRule{
		ID:               id,
		ShortDescription: sarifText{Text: shortText(rule.Title)},
		FullDescription:  &sarifText{Text: shortText(rule.Why)},
		Help:             &sarifText{Text: rule.Why + "\n\n" + rule.Remedy},
		HelpURI:          rulesPage + "#" + strings.ToLower(id),
		Default:          &sarifLevel{Level: sarifSeverity(rule.Severity)},
	}
}

func shortText(text string) string {
	if len(text) <= maxSARIFText {
		return text
	}
	return strings.ToValidUTF8(text[:maxSARIFText-len("…")], "") + "…"
}

func sarifResultOf(problem mesh.Problem, known []sarifRule, seen map[string]int) sarifResult {
	id := cmp.Or(problem.Rule, structure)
	text := terminal.OneLine(problem.Message)
	if problem.Field != "" {
		text = terminal.OneLine(problem.Field) + ": " + text
	}
	if problem.Hint != "" {
		text += "\n\n" + terminal.OneLine(problem.Hint)
	}
	fingerprint := sarifFingerprint(problem)
	seen[fingerprint]++
	return sarifResult{
		RuleID:       id,
		RuleIndex:    slices.IndexFunc(known, func(rule sarifRule) bool { return rule.ID == id }),
		Level:        sarifSeverity(problem.Severity),
		Message:      sarifText{Text: withoutSARIFLinks(text)},
		Fingerprints: map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", fingerprint, seen[fingerprint])},
		Locations: []sarifLocation{{Physical: sarifPhysical{
			Artifact: sarifArtifact{URI: sarifURI(problem.File)},
			Region:   sarifRegion{StartLine: max(problem.Line, 1)},
		}}},
	}
}

// withoutSARIFLinks escapes links in a text (section 3.11.6).
func withoutSARIFLinks(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
}

// sarifURI returns a path relative to the top of the repository, where CI runs.
func sarifURI(file string) string {
	path := filepath.ToSlash(filepath.Clean(cmp.Or(file, "mesh.yaml")))
	if filepath.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}).String()
	}
	return (&url.URL{Path: path}).String()
}

// sarifFingerprint does not depend on a problem's position in a file or a list.
func sarifFingerprint(problem mesh.Problem) string {
	field := regexp.MustCompile(`\[\d+\]`).ReplaceAllString(problem.Field, "")
	clusters := slices.Sorted(slices.Values(problem.Clusters))
	parts := append([]string{cmp.Or(problem.Rule, structure), filepath.ToSlash(problem.File), field}, clusters...)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// sarifSeverity is the level of a finding: SARIF has none for a missing input.
func sarifSeverity(severity mesh.Severity) string {
	if severity == mesh.SeverityIncomplete {
		return string(mesh.SeverityWarning)
	}
	return string(severity)
}
