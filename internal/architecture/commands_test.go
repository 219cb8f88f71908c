package architecture_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandsAreTestedAfterValidation: a command is started by one function, which validates its options before a test
// gets them, and a test gets those of every command.
func TestCommandsAreTestedAfterValidation(t *testing.T) {
	tested := testsOfCommands(t)
	commands := 0
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		if !strings.HasPrefix(name, "internal/cli/") {
			return
		}
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || !takes(function, "runF") {
				continue
			}
			if commands++; !strings.Contains(tested, function.Name.Name+",") {
				t.Errorf("no test has the options of %s", function.Name.Name)
			}
			if calls, others := usesOf(function, "runF"); calls != 1 || others > 0 {
				t.Errorf("%s: runF has one use: start(ctx, o, runF)", function.Name.Name)
			}
		}
	})
	if commands < 20 {
		t.Errorf("found %d commands: the search has gone blind", commands)
	}
}

func testsOfCommands(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("../cli/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

func takes(function *ast.FuncDecl, parameter string) bool {
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == parameter {
				return true
			}
		}
	}
	return false
}

// usesOf counts the calls of start that get a parameter, and other uses of it.
func usesOf(function *ast.FuncDecl, parameter string) (calls, others int) {
	ast.Inspect(function.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			if callee, ok := node.Fun.(*ast.Ident); ok && callee.Name == "start" && len(node.Args) == 3 {
				calls++
				return false
			}
		case *ast.Ident:
			if node.Name == parameter {
				others++
			}
		}
		return true
	})
	return calls, others
}
