package formats

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Limits of GitHub (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
const (
	maxResults     = 5000
	maxRules       = 25000
	maxDescription = 1024
	maxBytes       = 10 << 20 // compressed; ours are below it as they are
)

// checkSARIF prints problems, and has the log read by the schema of SARIF 2.1.0.
func checkSARIF(t testing.TB, problems []mesh.Problem) *sarif.Report {
	t.Helper()
	var text bytes.Buffer
	if err := report.SARIF(&text, problems); err != nil {
		t.Fatal(err)
	}
	result, err := sarifSchema(t).Validate(gojsonschema.NewBytesLoader(text.Bytes()))
	if err != nil || !result.Valid() {
		t.Fatalf("error %v, %v\n%s", err, result.Errors(), text.String())
	}
	log := &sarif.Report{}
	if err := json.Unmarshal(text.Bytes(), log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(log.Runs) != 1 || len(run.Results) > maxResults || len(run.Tool.Driver.Rules) > maxRules || text.Len() > maxBytes {
		t.Errorf("%d runs, %d results, %d rules, %d bytes", len(log.Runs), len(run.Results), len(run.Tool.Driver.Rules), text.Len())
	}
	for _, rule := range run.Tool.Driver.Rules {
		if full := rule.FullDescription; len(*rule.ShortDescription.Text) > maxDescription || full != nil && full.Text != nil && len(*full.Text) > maxDescription {
			t.Errorf("rule %s has a description of more than %d bytes", *rule.ID, maxDescription)
		}
	}
	return log
}

// sarifSchema is the one of OASIS, which go-sarif has as a constant of its source.
var sarifSchema = func() func(testing.TB) *gojsonschema.Schema {
	parsed := sync.OnceValues(parseSARIFSchema)
	return func(t testing.TB) *gojsonschema.Schema {
		t.Helper()
		schema, err := parsed()
		if err != nil {
			t.Fatal(err)
		}
		return schema
	}
}()

func parseSARIFSchema() (*gojsonschema.Schema, error) {
	const pkg = "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	dir, err := exec.CommandContext(context.Background(), "go", "list", "-f", "{{.Dir}}", pkg).Output()
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	found := file.Scope.Lookup("schema")
	if found == nil {
		return nil, errors.New("go-sarif has no schema")
	}
	literal, ok := found.Decl.(*ast.ValueSpec).Values[0].(*ast.BasicLit)
	if !ok {
		return nil, errors.New("the schema of go-sarif is no literal")
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return nil, err
	}
	return gojsonschema.NewSchema(gojsonschema.NewStringLoader(text))
}

// TestSARIFSchema: the schema refuses what is not SARIF.
func TestSARIFSchema(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{}`, `{"version": "2.0.0", "runs": []}`, `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "more": 1}]}`} {
		if result, err := sarifSchema(t).Validate(gojsonschema.NewStringLoader(text)); err != nil || result.Valid() {
			t.Errorf("%s is valid: %v", text, err)
		}
	}
}

// TestSARIFOfEveryRule: a finding of each rule, and what the rules find in every scenario.
func TestSARIFOfEveryRule(t *testing.T) {
	t.Parallel()
	problems := []mesh.Problem{{Severity: mesh.SeverityError, File: "mesh.yaml", Line: 1, Field: "spec", Message: "m", Hint: "h"}}
	for _, rule := range rules.All() {
		problems = append(problems, mesh.Problem{Rule: rule.ID, Severity: rule.Severity, File: "mesh.yaml", Message: rule.Title, Clusters: []string{"east"}})
	}
	if log := checkSARIF(t, problems); len(log.Runs[0].Results) != len(problems) {
		t.Errorf("%d results of %d problems", len(log.Runs[0].Results), len(problems))
	}
	checkSARIF(t, nil)
	files, err := filepath.Glob("../../testdata/scenarios/*/mesh.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, found := mesh.Load(mesh.Source{Name: file, Text: text, Files: os.DirFS(filepath.Dir(file))})
		if doc.Mesh != nil {
			found = doc.Place(rules.Check(rules.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh), OrphanedFacts: doc.OrphanedFacts}))
		}
		checkSARIF(t, found)
	}
}

// TestSARIFOfMany: more than GitHub takes.
func TestSARIFOfMany(t *testing.T) {
	t.Parallel()
	problems := make([]mesh.Problem, maxResults+1)
	for i := range problems {
		problems[i] = mesh.Problem{Severity: mesh.SeverityWarning, File: "mesh.yaml", Message: strings.Repeat("x", 500)}
	}
	if log := checkSARIF(t, problems); len(log.Runs[0].Results) != maxResults {
		t.Errorf("%d results", len(log.Runs[0].Results))
	}
}

// FuzzSARIF: whatever a file says, the log is valid.
func FuzzSARIF(f *testing.F) {
	f.Add("mesh.yaml", "spec.clusters[0]", "Required value", "set it", 3)
	f.Add("../x y#?.yaml", "a\xffb", "[a](b) {0}\n\u202e", "\\]", -1)
	f.Add("", "", "", "", 0)
	f.Fuzz(func(t *testing.T, file, field, message, hint string, line int) {
		checkSARIF(t, []mesh.Problem{{Severity: mesh.SeverityError, File: file, Line: line, Field: field, Message: message, Hint: hint}})
	})
}
