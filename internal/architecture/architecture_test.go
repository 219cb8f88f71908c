// Package architecture_test defends the shape of the house: which package may import which,
// what the lower ones keep away from, and that docs/architecture.md tells of each.
package architecture_test

import (
	"encoding/json"
	"go/ast"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kubectl-mesh/kubectl-mesh/"

type goPackage struct {
	ImportPath string
	Imports    []string
}

// packages are those that go list finds, all of the module unless arguments say otherwise.
func packages(t *testing.T, arguments ...string) []goPackage {
	t.Helper()
	if arguments == nil {
		arguments = []string{"./..."}
	}
	arguments = append([]string{"list", "-json=ImportPath,Imports"}, arguments...)
	list := exec.CommandContext(t.Context(), "go", arguments...)
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
	return all
}

// TestImportsPointDown: a package imports what the table lets it, the table lets nothing point up, and
// lists nothing that nobody imports.
func TestImportsPointDown(t *testing.T) {
	all := rooms()
	for _, p := range packages(t) {
		from, known := all[p.ImportPath]
		if !known {
			t.Errorf("%s has no layer: add it to the table, and to docs/architecture.md", p.ImportPath)
			continue
		}
		unused := strings.Fields(from.imports)
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module)
			if ours && !slices.Contains(strings.Fields(from.imports), to) {
				t.Errorf("%s imports %s: not in the table", p.ImportPath, to)
			}
			unused = slices.DeleteFunc(unused, func(name string) bool { return name == to })
		}
		if len(unused) > 0 {
			t.Errorf("the table lets %s import %s, which it does not", p.ImportPath, strings.Join(unused, ", "))
		}
	}
	for name, from := range all {
		for _, to := range strings.Fields(from.imports) {
			switch at, known := all[to]; {
			case !known:
				t.Errorf("the table lets %s import %s, which is not in it", name, to)
			case at.layer > from.layer:
				t.Errorf("the table lets %s (layer %d) import %s (layer %d): imports point down", name, from.layer, to, at.layer)
			case at.layer == leaves && from.layer == leaves:
				t.Errorf("the table lets %s import %s: leaves import nothing of ours", name, to)
			}
		}
	}
}

// TestNoPackageIsTooLarge: who looks for something reads one room, not the house.
func TestNoPackageIsTooLarge(t *testing.T) {
	const commandLines, share = 4500, 0.12
	sizes, total := map[string]int{}, 0
	eachFile(t, func(name string, _ *ast.File, source []byte) {
		lines := strings.Count(string(source), "\n")
		sizes[path.Dir(name)] += lines
		total += lines
	})
	for dir, lines := range sizes {
		if float64(lines) > share*float64(total) {
			t.Errorf("%s has %d of %d lines: more than %.0f %%", dir, lines, total, 100*share)
		}
	}
	if lines := sizes["internal/cli"]; lines > commandLines {
		t.Errorf("internal/cli has %d lines, more than %d: a command calls a package that does the work", lines, commandLines)
	}
}

// TestLowerPackagesStayAway keeps the command line, processes and the network out of what
// others may import, and files out of what is pure.
func TestLowerPackagesStayAway(t *testing.T) {
	live := []string{"pkg/apigroup", "pkg/apply", "pkg/cluster"} // their work is to talk to API servers
	everywhere := []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "k8s.io/klog/v2", "flag", "log", "os/exec"}
	noFiles := append([]string{"os"}, everywhere...)
	pure := append([]string{"net/http", "k8s.io/client-go/rest", "k8s.io/client-go/kubernetes", "math/rand", "math/rand/v2",
		"sigs.k8s.io/kustomize/api/krusty"}, noFiles...)
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, "pkg/") {
			continue
		}
		forbidden := pure
		if slices.Contains(live, p.ImportPath) {
			forbidden = noFiles
		}
		for _, path := range p.Imports {
			if slices.Contains(forbidden, path) {
				t.Errorf("%s imports %s", p.ImportPath, path)
			}
		}
	}
}

func TestEveryPackageIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		if !strings.Contains(string(text), "| `"+p.ImportPath+"` |") {
			t.Errorf("docs/architecture.md has no row for %s", p.ImportPath)
		}
	}
}
