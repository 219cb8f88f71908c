package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

type sarif struct {
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID               string
					ShortDescription struct{ Text string }
				}
			}
		}
		Results []struct {
			RuleID, Level string
			RuleIndex     int
			Message       struct{ Text string }
			Locations     []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
			}
			PartialFingerprints map[string]string
		}
	}
}

func parseSARIF(t testing.TB, problems []mesh.Problem) sarif {
	t.Helper()
	var text bytes.Buffer
	if err := report.SARIF(&text, problems); err != nil {
		t.Fatal(err)
	}
	var log sarif
	if err := json.Unmarshal(text.Bytes(), &log); err != nil || len(log.Runs) != 1 || log.Version != "2.1.0" {
		t.Fatalf("error %v:\n%s", err, text.String())
	}
	return log
}

func TestSARIF(t *testing.T) {
	log := parseSARIF(t, []mesh.Problem{
		{Rule: "MESH012", Severity: mesh.SeverityWarning, File: "clusters/a b.yaml", Message: "see [this](http://x)", Clusters: []string{"east"}},
		{Rule: "MESH001", Severity: mesh.SeverityError, Waived: "accepted", Message: "waived"},
		{Severity: mesh.SeverityError, File: "mesh.yaml", Line: 7, Field: "spec.clusters[1].name", Message: "Required value", Hint: "name it"},
		{Severity: mesh.SeverityError, File: "mesh.yaml", Line: 9, Field: "spec.clusters[2].name", Message: "Required value", Hint: "name it"},
	})
	var got []string
	for _, result := range log.Runs[0].Results {
		at := result.Locations[0].PhysicalLocation
		if log.Runs[0].Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("%s has index %d", result.RuleID, result.RuleIndex)
		}
		_, nth, _ := strings.Cut(result.PartialFingerprints["primaryLocationLineHash"], ":")
		got = append(got, fmt.Sprintf("%s %s %s:%d %s #%s", result.Level, result.RuleID, at.ArtifactLocation.URI, at.Region.StartLine, result.Message.Text, nth))
	}
	want := []string{
		`error structure mesh.yaml:7 spec.clusters\[1\].name: Required value` + "\n\nname it #1",
		`error structure mesh.yaml:9 spec.clusters\[2\].name: Required value` + "\n\nname it #2",
		`warning MESH012 clusters/a%20b.yaml:1 see \[this\](http://x) #1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSARIFLimits are those of GitHub: more results are dropped there, and in no order.
func TestSARIFLimits(t *testing.T) {
	problems := make([]mesh.Problem, 5002)
	for i := range problems {
		problems[i] = mesh.Problem{Severity: mesh.SeverityWarning, Message: "x"}
	}
	problems[5001].Severity = mesh.SeverityError
	log := parseSARIF(t, problems)
	if results := log.Runs[0].Results; len(results) != 5000 || results[0].Level != "error" {
		t.Errorf("%d results, the first of level %s", len(results), results[0].Level)
	}
}

// FuzzSARIF: whatever a file says, the log is one document with one result, one link-free message, and a URI.
func FuzzSARIF(f *testing.F) {
	f.Add("mesh.yaml", "a", "b", "c")
	f.Add("../x y#?.yaml", "spec[0]", "[a](b) {0}\n\u202e", "\\]")
	f.Fuzz(func(t *testing.T, file, field, message, hint string) {
		log := parseSARIF(t, []mesh.Problem{{Severity: mesh.SeverityError, File: file, Field: field, Message: message, Hint: hint}})
		result := log.Runs[0].Results[0]
		if _, err := url.Parse(result.Locations[0].PhysicalLocation.ArtifactLocation.URI); err != nil {
			t.Errorf("URI of %q: %v", file, err)
		}
		text := strings.NewReplacer(`\\`, "", `\[`, "", `\]`, "").Replace(result.Message.Text)
		if strings.ContainsAny(text, "[]\u202e") || strings.Count(result.Message.Text, "\n") > 2 {
			t.Errorf("message %q", result.Message.Text)
		}
	})
}
