package review

import (
	"encoding/json"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Document is the review as JSON.
type Document struct {
	APIVersion string                   `json:"apiVersion"`
	Kind       string                   `json:"kind"`
	Mesh       string                   `json:"mesh"`
	Base       Revision                 `json:"base"`
	Head       Revision                 `json:"head"`
	Counts     map[changes.Severity]int `json:"counts"`
	Objects    changes.Differences      `json:"objects"`
	Changes    []Item                   `json:"changes"`
	Next       []changes.Step           `json:"next"`
}

// Item is one change.
type Item struct {
	ID       changes.ID       `json:"id"`
	Severity changes.Severity `json:"severity"`
	Title    string           `json:"title"`
	// Fingerprint identifies the change in any two revisions.
	Fingerprint string        `json:"fingerprint"`
	Object      string        `json:"object"`
	Class       string        `json:"class"`
	Clusters    []string      `json:"clusters,omitempty"`
	Message     string        `json:"message"`
	Before      []string      `json:"before,omitempty"`
	After       []string      `json:"after,omitempty"`
	More        []string      `json:"more,omitempty"`
	At          summary.Place `json:"at,omitzero"`
}

// JSON returns the whole review as JSON.
func (r Result) JSON() (string, error) {
	text, err := json.MarshalIndent(r.Document(), "", "    ")
	if err != nil {
		return "", fmt.Errorf("encode review: %w", err)
	}
	return string(text) + "\n", nil
}

// Document returns the review as data.
func (r Result) Document() Document {
	document := Document{
		APIVersion: summary.APIVersion,
		Kind:       "Review",
		Mesh:       r.Mesh,
		Base:       r.Base,
		Head:       r.Head,
		Counts:     map[changes.Severity]int{},
		Objects:    r.Objects,
		Changes:    []Item{},
		Next:       r.Steps,
	}
	for _, severity := range changes.Severities() {
		document.Counts[severity] = 0
	}
	for _, change := range r.Changes {
		document.Counts[change.Severity]++
		document.Changes = append(document.Changes, newItem(change))
	}
	if document.Next == nil {
		document.Next = []changes.Step{}
	}
	return document
}

func newItem(change changes.Change) Item {
	item := Item{
		ID:          change.ID,
		Severity:    change.Severity,
		Title:       change.Title,
		Fingerprint: change.Fingerprint(),
		Object:      change.Object,
		Class:       change.Class,
		Clusters:    change.Clusters,
		Message:     terminal.Redact(change.Says.String()),
		Before:      redacted(change.Before),
		After:       redacted(change.After),
		At:          change.At,
	}
	for _, more := range change.More {
		item.More = append(item.More, terminal.Redact(more.String()))
	}
	return item
}

func redacted(values []string) []string {
	var all []string
	for _, value := range values {
		all = append(all, terminal.Redact(value))
	}
	return all
}
