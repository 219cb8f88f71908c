package leaks_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// The regular expressions stand between three quotes in TOML, where nothing can be escaped.
func TestConfigurationOfGitleaks(t *testing.T) {
	text, err := leaks.GitleaksConfig()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range leaks.Rules() {
		for _, want := range append([]string{"(?m)" + rule.Regexp}, rule.Allowed...) {
			if strings.Contains(want, "'''") || !bytes.Contains(text, []byte("'''"+want+"'''")) {
				t.Errorf("%s: not in the configuration: %s", rule.ID, want)
			}
			if _, err := regexp.Compile(want); err != nil {
				t.Errorf("%s: %v", rule.ID, err)
			}
		}
		if !bytes.Contains(text, []byte(`id = "`+rule.ID+`"`)) || !bytes.Contains(text, []byte(`description = "`+rule.Description+`"`)) {
			t.Errorf("%s is not in the configuration", rule.ID)
		}
	}
	if got := leaks.New().Scan(".gitleaks.toml", text); len(got) > 0 {
		t.Errorf("the configuration itself: %v", got)
	}
}
