package leaks_test

import (
	"io/fs"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// committed are the files of every scenario that its user would commit: all but the credentials, and
// what went to a pipe.
func committed(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	scenarios := os.DirFS("../../testdata/scenarios")
	err := fs.WalkDir(scenarios, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || path == ".":
			return err
		case entry.IsDir() && (entry.Name() == "credentials" || entry.Name() == "stream"):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		files[path], err = fs.ReadFile(scenarios, path)
		return err
	})
	if err != nil || len(files) < 300 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}

// The whole committed workspace of every scenario is clean: by our scan, and by the rules of the
// configuration that gitleaks gets.
func TestCommittedWorkspaces(t *testing.T) {
	scanner, config := leaks.New(), readGitleaks(t)
	for path, content := range committed(t) {
		for _, f := range scanner.ScanFile(path, content) {
			t.Error(f)
		}
		for _, id := range config.find(string(content)) {
			t.Errorf("%s: gitleaks would say %s", path, id)
		}
	}
}

// And it would be noticed: the tokens and keys beside it are found by both.
func TestCredentialsOfScenarios(t *testing.T) {
	scanner, config := leaks.New(), readGitleaks(t)
	scenarios := os.DirFS("../../testdata/scenarios")
	for _, pattern := range []string{"*/credentials/*/*/token", "*/want/stream/*.include.yaml"} {
		paths, err := fs.Glob(scenarios, pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			content, err := fs.ReadFile(scenarios, path)
			if err != nil {
				t.Fatal(err)
			}
			holds := strings.Contains(string(content), "TEST-ONLY") || strings.Contains(string(content), "PRIVATE KEY")
			if found := len(scanner.Scan(path, content)) > 0; found != holds {
				t.Errorf("%s: a scan finds something: %t", path, found)
			}
			if found := len(config.find(string(content))) > 0; found != holds {
				t.Errorf("%s: gitleaks finds something: %t", path, found)
			}
		}
	}
}

// gitleaks is as much of gitleaks as its rules are: keywords, a regular expression, entropy, and
// allowlists over the credential.
type gitleaks struct {
	allowed []*regexp.Regexp
	rules   []gitleaksRule
}

type gitleaksRule struct {
	id       string
	regex    *regexp.Regexp
	keywords []string
	entropy  float64
	allowed  []*regexp.Regexp
}

// readGitleaks reads as much of TOML as the configuration has.
func readGitleaks(t *testing.T) gitleaks {
	t.Helper()
	text, err := leaks.GitleaksConfig()
	if err != nil {
		t.Fatal(err)
	}
	var config gitleaks
	allowed := &config.allowed
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, " = ")
		switch {
		case line == "[[rules]]":
			config.rules = append(config.rules, gitleaksRule{})
			allowed = &config.rules[len(config.rules)-1].allowed
		case strings.HasPrefix(line, "'''"):
			*allowed = append(*allowed, regexp.MustCompile(strings.Trim(line, "',")))
		case len(config.rules) > 0:
			config.rules[len(config.rules)-1].set(t, key, value)
		}
	}
	if len(config.rules) != len(leaks.Rules()) || len(config.allowed) < 5 {
		t.Fatalf("read %d rules, %d allowlists", len(config.rules), len(config.allowed))
	}
	return config
}

func (r *gitleaksRule) set(t *testing.T, key, value string) {
	t.Helper()
	var err error
	switch key {
	case "id":
		r.id, err = strconv.Unquote(value)
	case "regex":
		r.regex, err = regexp.Compile(strings.Trim(value, "'"))
	case "entropy":
		r.entropy, err = strconv.ParseFloat(value, 64)
	case "keywords":
		for _, word := range strings.Split(strings.Trim(value, "[]"), ", ") {
			word, err = strconv.Unquote(word)
			r.keywords = append(r.keywords, word)
		}
	}
	if err != nil {
		t.Fatalf("%s = %s: %v", key, value, err)
	}
}

func (c gitleaks) find(text string) (ids []string) {
	lower := strings.ToLower(text)
	for _, rule := range c.rules {
		if !slices.ContainsFunc(rule.keywords, func(word string) bool { return strings.Contains(lower, word) }) {
			continue
		}
		for _, match := range rule.regex.FindAllStringSubmatch(text, -1) {
			secret := match[0]
			for _, group := range match[1:] {
				if group != "" {
					secret = group
				}
			}
			matches := func(allowed *regexp.Regexp) bool { return allowed.MatchString(secret) }
			if !slices.ContainsFunc(slices.Concat(c.allowed, rule.allowed), matches) && shannon(secret) >= rule.entropy {
				ids = append(ids, rule.id)
			}
		}
	}
	return ids
}

func shannon(text string) (bits float64) {
	counts := map[rune]float64{}
	for _, r := range text {
		counts[r]++
	}
	for _, n := range counts {
		bits -= n / float64(len(text)) * math.Log2(n/float64(len(text)))
	}
	return bits
}
