package mesh_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// maxAllocated bounds what reading one file may allocate in all, freed or not.
const maxAllocated = 300 << 20

// TestHostile reads files that are made to exhaust whoever reads them: each gives problems,
// not too many of them, and takes little memory.
func TestHostile(t *testing.T) {
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) {
			checkHostile(t, mesh.Source{Name: "mesh.yaml", Text: []byte(text)})
		})
	}
}

// TestHostileFacts: the same limits hold for what lies beside the mesh.
func TestHostileFacts(t *testing.T) {
	for _, name := range []string{"50 MB", "deep in both styles", "alias bomb by count", "alias bomb by size", "many unknown fields"} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(hostileTexts()[name], "kind: Mesh", "kind: ClusterFacts", 1)
			checkHostile(t, mesh.Source{Name: "mesh.yaml", Text: []byte(small), Files: files(map[string]string{"clusters/east.yaml": text})})
		})
	}
}

func checkHostile(t *testing.T, source mesh.Source) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	doc, problems := mesh.Load(source)
	runtime.ReadMemStats(&after)
	if doc.Mesh != nil || len(problems) == 0 || len(problems) > 1001 {
		t.Errorf("taken for valid: %t, with %d problems", doc.Mesh != nil, len(problems))
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > maxAllocated {
		t.Errorf("allocated %d MiB", got>>20)
	}
	for _, problem := range problems {
		if line := problem.String(); len(line) > 2000 {
			t.Fatalf("a problem of %d bytes: %.100s", len(line), line)
		}
	}
}

func hostileTexts() map[string]string {
	const top = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\n"
	numbered := func(count int, format string) string {
		var b strings.Builder
		for i := range count {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	return map[string]string{
		"50 MB":                      strings.Repeat("# mesh\n", 50<<20/7),
		"deep flow lists":            top + "a: " + strings.Repeat("[", 3<<20),
		"deep closed flow lists":     top + "a: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"deep flow maps":             top + "a: " + strings.Repeat("{a: ", 800_000),
		"deep flow maps, few":        top + "a: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000),
		"deep block lists":           top + "a: \n" + strings.Repeat("- ", 2<<20),
		"deep block lists, few":      top + "a: \n" + strings.Repeat("- ", 9000) + "a",
		"deep block maps":            top + "a:\n" + stairs(2800),
		"deep keys":                  top + strings.Repeat("? ", 2<<20) + "a",
		"deep in both styles":        top + "a:\n" + strings.Repeat("- ", 9000) + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"deep in spec":               top + "spec: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"deep in clusters":           top + "spec: {clusters: [{name: east, gke: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000) + "}]}",
		"alias bomb by count":        top + aliasBomb("x", 9, 10),
		"alias bomb by size":         top + aliasBomb(strings.Repeat("x", 1<<20), 1, 1000),
		"alias bomb of merges":       top + mergeBomb(9, 10),
		"alias bomb below the limit": top + aliasBomb("x", 5, 12),
		"alias bomb in clusters":     top + "a: &a {name: " + strings.Repeat("x", 1000) + "}\nspec: {clusters: [" + strings.Repeat("*a, ", 4000) + "]}\n",
		"alias of itself":            top + "spec: &a {clusters: [*a]}\n",
		"merge of itself":            top + "spec: &a {<<: *a}\n",
		"chain of aliases":           top + "a0: &a0 x\n" + chain(70_000),
		"many lines":                 top + strings.Repeat("\n", 200_000),
		"many comments":              top + strings.Repeat("# & *\n", 149_000),
		"many comments in a list":    top + "a: &a\n" + strings.Repeat("- *a\n# &\n", 49_000),
		"many lines of CR":           top + strings.Repeat("- a\r", 1<<20),
		"many entries on one line":   top + "a: [" + strings.Repeat("a,", 2<<20) + "]",
		"many dashes on each line":   top + "a:\n" + strings.Repeat("- - - - - - - a\n", 140_000),
		"many lists on each line":    top + "a:\n" + strings.Repeat("- [[[[[[[]]]]]]]\n", 140_000),
		"many empty entries":         top + "a:\n" + strings.Repeat("-\n", 149_000),
		"many duplicate keys":        top + strings.Repeat("a: b\n", 100_000),
		"duplicate keys in each map": top + "a:\n" + strings.Repeat("- a: b\n  a: c\n", 49_000),
		"long duplicate keys":        top + strings.Repeat("? "+strings.Repeat("k", 1<<20)+"\n: b\n", 3),
		"duplicates in a long key":   top + "? " + strings.Repeat("k", 1<<20) + "\n:\n" + strings.Repeat("  a: b\n", 100_000),
		"many unknown fields":        top + numbered(100_000, "field%d: a\n"),
		"unknown fields in each":     top + "spec:\n  clusters:\n" + numbered(45_000, "  - name: a%d\n    b: c\n"),
		"long unknown fields":        top + numbered(3, "? "+strings.Repeat("k", 1<<20)+"%d\n: b\n"),
		"many clusters":              top + "spec:\n  clusters:\n" + numbered(100_000, "  - name: a%d\n"),
		"as many clusters as fit":    top + "spec:\n  clusters:\n" + numbered(74_000, "  - name: a%d\n"),
		"many empty clusters":        top + "spec:\n  clusters:\n" + strings.Repeat("  -\n", 149_000),
		"many wrong clusters":        top + "spec:\n  clusters:\n" + strings.Repeat("  - 1\n", 74_000),
		"many equal clusters":        top + "spec:\n  clusters:\n" + strings.Repeat("  - name: a\n", 4999),
		"many unknown link ends": top + "spec:\n  clusters:\n" + numbered(4999, "  - name: east-%d\n") +
			"  links:\n  - between: [" + numbered(130_000, "west-%d,") + "]\n",
		"many links without ends":  top + "spec:\n  clusters: [{name: a}]\n  links:\n" + strings.Repeat("  - {}\n", 49_000),
		"unknown control planes":   top + "spec:\n  clusters:\n" + numbered(4999, "  - name: east-%[1]d\n    controlPlane: west-%[1]d\n"),
		"unknown clusters waived":  top + "spec:\n  clusters:\n" + numbered(4999, "  - name: east-%d\n") + "  waivers: [{clusters: [" + numbered(100_000, "west-%d,") + "]}]\n",
		"many wrong node tags":     top + "spec: {clusters: [{name: a, gke: {nodeTags: [" + strings.Repeat("1,", 149_000) + "]}}]}\n",
		"many wrong texts as tags": top + "spec: {clusters: [{name: a, gke: {nodeTags: [" + strings.Repeat("A,", 149_000) + "]}}]}\n",
		"many wrong ranges":        top + "spec: {clusters: [{name: a, podCIDRs: [" + strings.Repeat("a,", 149_000) + "]}]}\n",
		"many wrong annotations":   top + "spec: {clusters: [{name: a, gateway: {annotations: {" + numbered(140_000, "'a b%d': c,") + "}}}]}\n",
		"a long name":              top + "spec: {clusters: [{name: " + strings.Repeat("a", 1_000_000) + "}]}\n",
		"a long number":            top + "spec: {clusters: [{name: " + strings.Repeat("1", 1_000_000) + "}]}\n",
		"a long anchor":            top + "a: *" + strings.Repeat("a", 1_000_000) + "\n",
		"a long tag":               top + "a: !<" + strings.Repeat("a", 1_000_000) + "> b\n",
		"a long apiVersion":        "kind: Mesh\napiVersion: " + strings.Repeat("a", 1_000_000) + "\n",
		"a long certificate":       top + "spec: {clusters: [{name: a, api: {certificateAuthorityData: " + strings.Repeat("QUFB", 1_000_000) + "}}]}\n",
		"many begun certificates":  top + "spec: {clusters: [{name: a, api: {certificateAuthorityData: " + base64Of(strings.Repeat("-----BEGIN X-----\n", 170_000)) + "}}]}\n",
		"program":                  "\x7fELF" + strings.Repeat("\x00\x01\x02", 1<<20),
	}
}

// stairs is a map in a map in a map.
func stairs(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return b.String()
}

// aliasBomb is a list of aliases of a list of aliases, and so on.
func aliasBomb(value string, depth, width int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "a0: &a0 %s\n", value)
	for i := range depth {
		fmt.Fprintf(&b, "a%d: &a%[1]d [%s]\n", i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), width))
	}
	return b.String()
}

// mergeBomb merges a map several times into one that is merged several times, and so on.
func mergeBomb(depth, width int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 {a: b}\n")
	for i := range depth {
		fmt.Fprintf(&b, "a%d: &a%[1]d {<<: [%s]}\n", i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), width))
	}
	return b.String()
}

// chain is an alias of an alias, and so on.
func chain(length int) string {
	var b strings.Builder
	for i := range length {
		fmt.Fprintf(&b, "a%d: &a%[1]d [*a%d]\n", i+1, i)
	}
	return b.String()
}
