package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A command that is named to the user, in a hint or anywhere else, exists, and so do its flags.
func TestNamedCommands(t *testing.T) {
	root := newRoot(System{})
	named := 0
	for _, text := range literals(t, "../../internal", "../../pkg") {
		for _, phrase := range regexp.MustCompile(`(?m)kubectl mesh +([a-z]\S*.*)$`).FindAllStringSubmatch(text, -1) {
			// A line may name several.
			for part := range strings.SplitSeq(phrase[1], "kubectl mesh ") {
				if isProse(part) {
					continue
				}
				named++
				checkNamed(t, root, part)
			}
		}
	}
	if named < 15 {
		t.Errorf("only %d commands are named: the search has gone blind", named)
	}
}

// isProse tells a sentence about the program from a command.
func isProse(phrase string) bool {
	verbs := []string{"and", "are", "does", "in", "is", "keeps", "never", "process", "reads", "replaces", "reserves", "up",
		"writes", "wrote"}
	return slices.Contains(verbs, strings.Fields(phrase)[0])
}

// checkNamed checks the words of one command, up to where it ends.
func checkNamed(t *testing.T, root *cobra.Command, phrase string) {
	t.Helper()
	phrase, _, _ = strings.Cut(phrase, " | ")
	phrase, _, _ = strings.Cut(phrase, ". ") // the next sentence
	words := strings.Fields(phrase)
	var names []string
	for _, word := range words[:min(2, len(words))] { // a command may have commands of its own
		names = append(names, regexp.MustCompile(`^[a-z]+`).FindString(word))
	}
	cmd, _, err := root.Find(names[:1])
	if err != nil || cmd == root {
		t.Errorf("kubectl mesh %s: no such command", phrase)
		return
	}
	if cmd.HasSubCommands() {
		sub, _, err := root.Find(names)
		alone := cmd.ValidArgsFunction != nil || cmd.Flags().Lookup("output") != nil // as explain and describe
		if err != nil || sub == cmd && !alone {
			t.Errorf("kubectl mesh %s: no such command", phrase)
			return
		}
		cmd = sub
	}
	for _, word := range words[1:] {
		flag, _, _ := strings.Cut(strings.TrimRight(word, ".,:;`)'\""), "=")
		if !strings.HasPrefix(flag, "-") || flag == "-" {
			continue
		}
		if short := strings.TrimPrefix(flag, "-"); cmd.Flags().Lookup(strings.TrimPrefix(short, "-")) == nil &&
			(len(short) != 1 || cmd.Flags().ShorthandLookup(short) == nil) && flag != "--help" {
			t.Errorf("kubectl mesh %s: no such flag %s", phrase, flag)
		}
	}
}

// A flag that is named alone is one of some command.
func TestNamedFlags(t *testing.T) {
	flags := map[string]bool{"help": true}
	for _, other := range []string{"server-side", "field-manager", "cached", "others", "exclude-standard", "deduplicate", "ignore-unmatch", "ignore-not-found", "service-account-max-token-expiration", "authentication-config", "source", "staged", "worktree"} {
		flags[other] = true // of kubectl, git and the API server
	}
	for _, cmd := range newRoot(System{}).Commands() {
		for _, cmd := range append(cmd.Commands(), cmd) {
			cmd.Flags().VisitAll(func(flag *pflag.Flag) { flags[flag.Name] = true })
		}
	}
	named := 0
	for _, text := range literals(t, ".", "../output") {
		for line := range strings.Lines(text) {
			if strings.Contains(line, "kubectl --") || strings.Contains(line, "kubectl config") || strings.Contains(line, "gcloud") {
				continue // flags of kubectl, and of gcloud
			}
			for _, match := range regexp.MustCompile(`(?:^|[ (])--([a-z][a-z-]+)`).FindAllStringSubmatch(line, -1) {
				if named++; !flags[match[1]] {
					t.Errorf("no command has --%s: %s", match[1], line)
				}
			}
		}
	}
	if named < 15 {
		t.Errorf("only %d flags are named: the search has gone blind", named)
	}
}

// literals returns the string literals of all that is no test, those that are added together as one text.
func literals(t *testing.T, folders ...string) []string {
	t.Helper()
	var texts []string
	for _, dir := range folders {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			var visit func(ast.Node) bool
			visit = func(node ast.Node) bool {
				expression, ok := node.(ast.Expr)
				if !ok {
					return true
				}
				var between []ast.Expr
				text, ok := written(expression, func(other ast.Expr) { between = append(between, other) })
				if !ok {
					return true
				}
				texts = append(texts, strings.Split(text, gap)...)
				for _, other := range between {
					ast.Inspect(other, visit)
				}
				return false
			}
			ast.Inspect(file, visit)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

// gap stands for what is known only when the program runs.
const gap = "\x00"

// written is the text of a string literal, or of several that are added together. What stands between them may have texts
// of its own.
func written(expression ast.Expr, between func(ast.Expr)) (text string, ok bool) {
	switch node := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(node.Value)
		return text, err == nil && node.Kind == token.STRING
	case *ast.BinaryExpr:
		left, isLeft := written(node.X, between)
		right, isRight := written(node.Y, between)
		return left + right, node.Op == token.ADD && (isLeft || isRight)
	}
	between(expression)
	return gap, false
}
