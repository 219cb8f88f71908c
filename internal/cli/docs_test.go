package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// blocks are the fenced blocks of a language in the documents for users, by "file: first line".
func blocks(t *testing.T, language string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, file := range append(files, "../../README.md", "../../CONTRIBUTING.md", "../../SECURITY.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range strings.Split(string(text), "\n```") {
			if body, ok := strings.CutPrefix(part, language+"\n"); ok && i%2 == 1 {
				first, _, _ := strings.Cut(body, "\n")
				found[filepath.Base(file)+": "+first] = body
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("no document has a block of %s", language)
	}
	return found
}

func TestDocumentedCommandsExist(t *testing.T) {
	count := 0
	for name, block := range blocks(t, "sh") {
		count += checkCommands(t, name, block)
	}
	if count < 10 {
		t.Errorf("the documents show %d commands: is the search broken?", count)
	}
}

// checkCommands finds our commands in a block of shell, each with its flags, and counts them.
func checkCommands(t *testing.T, name, block string) (count int) {
	t.Helper()
	substitution := regexp.MustCompile(`"\$\([^)]*\)"`)
	for line := range strings.Lines(block) {
		command, _, _ := strings.Cut(substitution.ReplaceAllString(line, "VALUE"), "|")
		command, _, _ = strings.Cut(command, ">")
		command, _, _ = strings.Cut(command, "#")
		args, ours := strings.CutPrefix(strings.TrimSpace(command), "kubectl mesh ")
		if !ours {
			continue
		}
		count++
		root := newRoot(System{})
		cmd, rest, err := root.Find(strings.Fields(args))
		if err == nil && cmd == root {
			t.Errorf("%s: %s: no such command", name, command)
			continue
		}
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.ValidateArgs(cmd.Flags().Args())
		}
		if err != nil {
			t.Errorf("%s: %s: %v", name, command, err)
		}
	}
	return count
}

func TestDocumentedMeshesLoad(t *testing.T) {
	count := 0
	for name, block := range blocks(t, "yaml") {
		if !strings.Contains(block, "kind: Mesh\n") {
			continue
		}
		count++
		_, problems := mesh.Load(mesh.Source{Name: name, Text: []byte(block), Files: os.DirFS("../../examples/two-clusters")})
		for _, problem := range problems {
			t.Errorf("%s", problem)
		}
	}
	if count == 0 {
		t.Error("the documents show no mesh: is the search broken?")
	}
}
