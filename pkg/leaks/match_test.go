package leaks

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMatchesAtKeywords finds the same as one search through all of the text.
func TestMatchesAtKeywords(t *testing.T) {
	secret := strings.Repeat("bcdfghjkl", 6)
	for name, text := range map[string]string{
		"none":            "token-x token- kubeconfig-u",
		"one":             "a token-4x7bq:" + secret + " b",
		"one, at the end": "kubeconfig-u-ab12:" + secret,
		"several":         "token-4x7bq:" + secret + "\nkubectl-shell-user:" + secret + "token-abcde:" + secret,
		"the longest":     "kubectl-shell-" + strings.Repeat("a", 60) + ":" + secret,
		"too long":        "kubectl-shell-" + strings.Repeat("a", 61) + ":" + secret,
		"one in another":  "token-token-4x7bq:" + secret,
	} {
		for _, rule := range New().rules {
			if rule.Longest == 0 {
				continue
			}
			want := regexp.MustCompile(`(?m)`+rule.Regexp).FindAllSubmatchIndex([]byte(text), -1)
			if diff := cmp.Diff(want, rule.matches([]byte(text))); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", rule.ID, name, diff)
			}
		}
	}
}
