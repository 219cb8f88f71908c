package main

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func TestReport(t *testing.T) {
	if text := report(nil); text != "" {
		t.Errorf("nothing is due, and it says %q", text)
	}
	due := []upstream.Row{{Name: "feature: x", Fact: upstream.Fact{Source: "https://x.example", Checked: "2026-01-02"}}}
	const want = `2026-01-02  feature: x
            https://x.example

Last checked more than six months ago: 1. Read the sources, correct the rows in pkg/upstream, and give them the date of today.
`
	if text := report(due); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
