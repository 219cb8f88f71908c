// Package mermaid_test has the real parser of Mermaid read the pictures of all scenarios.
package mermaid_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const scenarios = "../../testdata/scenarios"

type picture struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type parsed struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Error    string `json:"error"`
	Vertices int    `json:"vertices"`
	Edges    int    `json:"edges"`
}

// TestPictures: every picture is what Mermaid, which GitHub runs, takes for a flowchart with all its clusters and links.
func TestPictures(t *testing.T) {
	needParser(t)
	var pictures []picture
	files, err := filepath.Glob(filepath.Join(scenarios, "*", "want", "deploy", "README.md"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d scenarios: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, found := strings.Cut(string(text), "```mermaid\n"); found {
			body, _, _ := strings.Cut(rest, "```")
			pictures = append(pictures, picture{Name: file, Text: body})
		}
	}
	for i, result := range parse(t, pictures) {
		nodes, links := count(pictures[i].Text)
		if result.Error != "" || result.Vertices != nodes || result.Edges != links {
			t.Errorf("%s: got %d nodes and %d links of %d and %d: %s", result.Name, result.Vertices, result.Edges, nodes, links, result.Error)
		}
	}
}

// TestRefused: the parser is the real one: it refuses what is no flowchart.
func TestRefused(t *testing.T) {
	needParser(t)
	if got := parse(t, []picture{{Name: "broken", Text: "flowchart LR\n  a[\"x\" --> b\n"}})[0]; got.Error == "" {
		t.Errorf("got %+v, want an error", got)
	}
}

// count finds the nodes and the links of a picture as they are written.
func count(text string) (nodes, links int) {
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "c_") && (strings.Contains(line, "[\"") || strings.Contains(line, "([\"")):
			nodes++
		case strings.HasPrefix(line, "c_"):
			links++
		}
	}
	return nodes, links
}

func parse(t *testing.T, pictures []picture) []parsed {
	t.Helper()
	in, err := json.Marshal(pictures)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "node", "parse.mjs")
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node parse.mjs: %v\n%s", err, stderr.String())
	}
	var results []parsed
	if err := json.Unmarshal(out, &results); err != nil || len(results) != len(pictures) {
		t.Fatalf("%d results of %d: %v\n%s", len(results), len(pictures), err, out)
	}
	return results
}

// needParser installs the parser as package-lock.json pins it. Where there is no node the test says so, loudly.
func needParser(t *testing.T) {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			message := fmt.Sprintf("NOT TESTED: no %s on PATH, so no picture of README.md was parsed by Mermaid; install Node.js 20 or newer", program)
			if strings.Contains(" "+os.Getenv("REQUIRED_PROGRAMS")+" ", " "+program+" ") {
				t.Fatal(message)
			}
			fmt.Fprintf(os.Stderr, "\n*** %s: %s ***\n\n", t.Name(), message)
			t.Skip(message)
		}
	}
	if _, err := os.Stat(filepath.Join("node_modules", "mermaid")); err == nil {
		return
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}
