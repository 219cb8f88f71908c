// Package architecture_test defends the shape of the house: which package may import which,
// what the lower ones keep away from, and that docs/architecture.md tells of each.
package architecture_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kubectl-mesh/kubectl-mesh/"

// levels lists every package with its level and what it may import of the project. Imports
// point down, never sideways. A new edge is a line here with its reason in the commit.
func levels() map[string]room {
	return map[string]room{
		"cmd/kubectl-mesh":       {6, "internal/cli"},
		"internal/cli":           {5, "internal/output pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/apply pkg/check pkg/cluster pkg/gke pkg/kubeconfig pkg/leaks pkg/manifest pkg/nearest pkg/render pkg/rules pkg/sealedsecret pkg/sealing pkg/shell pkg/sops pkg/topology pkg/trust templates"},
		"internal/output":        {4, "pkg/leaks pkg/render"},
		"pkg/apply":              {4, "pkg/kubeconfig pkg/manifest pkg/render"},
		"pkg/check":              {4, "pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/audit pkg/cluster pkg/firewall pkg/gke pkg/render pkg/topology"},
		"pkg/audit":              {3, "pkg/apis/mesh/v1alpha1 pkg/firewall pkg/gke"},
		"pkg/render":             {3, "pkg/apis/mesh/v1alpha1 pkg/firewall pkg/helm pkg/jwks pkg/kubeconfig pkg/leaks pkg/manifest pkg/sealing pkg/shell pkg/topology pkg/trust templates"},
		"pkg/firewall":           {2, "pkg/apis/mesh/v1alpha1 pkg/topology"},
		"pkg/helm":               {2, "pkg/apis/mesh/v1alpha1 pkg/topology"},
		"pkg/rules":              {3, "pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/firewall pkg/nearest pkg/sealedsecret pkg/shell pkg/topology"},
		"pkg/cluster":            {2, "pkg/jwks pkg/kubeconfig pkg/strict"},
		"pkg/sealing":            {2, "pkg/kubeconfig pkg/manifest pkg/sealedsecret pkg/sops pkg/strict pkg/trust"},
		"pkg/topology":           {1, "pkg/apis/mesh/v1alpha1"},
		"pkg/gke":                {1, "pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/strict"},
		"pkg/trust":              {1, ""},
		"pkg/leaks":              {1, "templates"},
		"pkg/kubeconfig":         {1, "pkg/nearest pkg/shell pkg/strict"},
		"pkg/apis/mesh":          {0, "pkg/apis/mesh/v1alpha1 pkg/nearest pkg/strict"},
		"pkg/apis/mesh/v1alpha1": {0, "pkg/jwks pkg/nearest pkg/sealedsecret pkg/sops"},
		"pkg/jwks":               {0, "pkg/strict"},
		"pkg/manifest":           {0, ""},
		"pkg/nearest":            {0, ""},
		"pkg/sealedsecret":       {0, ""},
		"pkg/sops":               {0, "pkg/strict"},
		"pkg/shell":              {0, ""},
		"pkg/strict":             {0, ""},
		"templates":              {0, ""},
		"internal/schema":        {0, ""},
		"internal/schema/gen":    {6, "internal/schema"},
		"internal/rulesdoc":      {6, "pkg/rules"},
		"internal/checksdoc":     {6, "pkg/check"},
		"hack/dist":              {6, ""},
		"hack/krew":              {6, ""},
		"internal/architecture":  {6, ""},
		"internal/benchmark":     {6, ""},
	}
}

type room struct {
	level   int
	imports string
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
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

func TestImportsPointDown(t *testing.T) {
	rooms := levels()
	for _, p := range packages(t) {
		from, known := rooms[p.ImportPath]
		if !known {
			t.Errorf("%s has no level: add it to the table, and to docs/architecture.md", p.ImportPath)
			continue
		}
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module)
			if ours && !slices.Contains(strings.Fields(from.imports), to) {
				t.Errorf("%s imports %s: not in the table", p.ImportPath, to)
			}
		}
	}
	for name, from := range rooms {
		for _, to := range strings.Fields(from.imports) {
			sameLevel := rooms[to].level == from.level && from.level > 0
			if rooms[to].level > from.level || sameLevel {
				t.Errorf("the table lets %s (level %d) import %s (level %d): imports point down", name, from.level, to, rooms[to].level)
			}
		}
	}
}

// TestLowerPackagesStayAway keeps the command line, processes and the network out of what
// others may import, and files out of what is pure.
func TestLowerPackagesStayAway(t *testing.T) {
	live := []string{"pkg/apply", "pkg/cluster"} // their work is to talk to API servers
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
