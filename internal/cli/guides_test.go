package cli

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

const scenarios = "../../testdata/scenarios"

// A guide names a scenario on a line of its own, and after that files of it: of the input, or of the rendered tree.
func TestGuidesNameWhatIsThere(t *testing.T) {
	text, err := os.ReadFile("../../docs/guides.md")
	if err != nil {
		t.Fatal(err)
	}
	file := regexp.MustCompile("`((?:clusters|credentials|deploy|trust)/[^`]*|mesh\\.yaml)`")
	named, seen, current := 0, map[string]bool{}, ""
	for line := range strings.Lines(string(text)) {
		if names := regexp.MustCompile("`testdata/scenarios/([^`/]+)`").FindAllStringSubmatch(line, -1); names != nil {
			current = names[0][1]
			for _, name := range names {
				seen[name[1]] = true
				if !exists(t, path.Join(scenarios, name[1], "mesh.yaml")) {
					t.Errorf("no scenario is called %s", name[1])
				}
			}
		}
		if current == "" {
			continue // what all guides have in common
		}
		for _, match := range file.FindAllStringSubmatch(line, -1) {
			named++
			if !inScenario(t, current, match[1]) {
				t.Errorf("scenario %s has no file %s", current, match[1])
			}
		}
	}
	if named < 40 || len(seen) < 6 {
		t.Errorf("the guides name %d files of %d scenarios: is the search broken?", named, len(seen))
	}
}

// A table that compares commands by hand with a script has the script in its heading, and in the last column what the
// script or a file that it reads says.
func TestGuidesQuoteScripts(t *testing.T) {
	text, err := os.ReadFile("../../docs/guides.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile("^\\| [^|]+ \\| by hand \\| `(deploy/gcloud/[^`]+)` \\|$")
	scenario, script, quoted := "", "", 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if name := regexp.MustCompile("`testdata/scenarios/([^`/]+)`").FindStringSubmatch(line); name != nil {
			scenario = name[1]
		}
		if match := heading.FindStringSubmatch(line); match != nil {
			content, err := os.ReadFile(path.Join(scenarios, scenario, "want", match[1]))
			if err != nil {
				t.Fatal(err)
			}
			script = string(content)
			for _, read := range []string{layout.ScriptLibrary, layout.ScriptData} {
				more, err := os.ReadFile(path.Join(scenarios, scenario, "want/deploy", read))
				if err != nil {
					t.Fatal(err)
				}
				script += string(more)
			}
			continue
		}
		if !strings.HasPrefix(line, "|") {
			script = ""
		}
		cells := strings.Split(line, "|")
		if script == "" || len(cells) < 4 {
			continue
		}
		for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[3], -1) {
			if strings.HasPrefix(span[1], "firewall") { // of mesh.yaml
				continue
			}
			quoted++
			if !strings.Contains(script, span[1]) {
				t.Errorf("a script of scenario %s does not say %s", scenario, span[1])
			}
		}
	}
	if quoted < 30 {
		t.Errorf("the tables quote scripts %d times: is the search broken?", quoted)
	}
}

// inScenario finds a file in the input or in the rendered tree; CLUSTER and the like stand for any name. What users make
// with a PKI of their own is no file of a scenario, but INSTALL.md uses it.
func inScenario(t *testing.T, scenario, name string) bool {
	t.Helper()
	if name == templates.Install || name == "deploy/"+templates.Install {
		return exists(t, path.Join(scenarios, scenario, "want/deploy", templates.Install))
	}
	placeholder := regexp.MustCompile(`[A-Z]{2,}`)
	if strings.HasPrefix(name, "trust/") || strings.HasSuffix(name, "/ca-key.pem") {
		text, err := os.ReadFile(path.Join(scenarios, scenario, "want/deploy", templates.Install))
		if err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile("'" + placeholder.ReplaceAllString(name, "[a-z0-9-]+") + "'").Match(text)
	}
	for _, root := range []string{"", "want"} {
		found, err := filepath.Glob(filepath.Join(scenarios, scenario, root, placeholder.ReplaceAllString(name, "*")))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			return true
		}
	}
	return false
}

// Whoever follows an INSTALL.md finds every command of ours, and every file that the commands use.
func TestInstallNamesWhatIsThere(t *testing.T) {
	pages, err := filepath.Glob(scenarios + "/*/want/deploy/INSTALL.md")
	if err != nil {
		t.Fatal(err)
	}
	named, commands := 0, 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		commands += checkCommands(t, page, string(text))
		for _, match := range regexp.MustCompile("(?:--filename|--values|bash) (deploy/[^\\s`]+)").FindAllStringSubmatch(string(text), -1) {
			named++
			if name := path.Join(filepath.Dir(filepath.Dir(page)), match[1]); !exists(t, name) {
				t.Errorf("%s: no file %s", page, match[1])
			}
		}
	}
	if named < 100 || commands < 100 {
		t.Errorf("the pages name %d files and %d commands: is the search broken?", named, commands)
	}
}

func exists(t *testing.T, name string) bool {
	t.Helper()
	_, err := os.Stat(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}
