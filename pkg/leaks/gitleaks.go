package leaks

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"

	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

// GitleaksConfig returns the text of a .gitleaks.toml with the same rules, beside gitleaks' own.
func GitleaksConfig() ([]byte, error) {
	text, err := templates.FS.ReadFile(templates.Gitleaks)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	functions := template.FuncMap{"lower": strings.ToLower}
	page, err := template.New(templates.Gitleaks).Funcs(functions).Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("parse template: %w", err)
	}
	var out bytes.Buffer
	err = page.Execute(&out, struct {
		Rules  []Rule
		Public []string
	}{Rules: Rules(), Public: public()})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", templates.Gitleaks, err)
	}
	return out.Bytes(), nil
}
