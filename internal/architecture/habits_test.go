package architecture_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// Counts by package of what is left of a habit. They only shrink: a package that is not listed has none.

// ladders are functions that ask more than once whether there was no error so far.
func ladders() map[string]int {
	return map[string]int{"internal/reader": 1, "pkg/apply": 1}
}

// compare fails where a package has more of a habit than its list says, and tells where the list can shrink.
func compare(t *testing.T, found map[string][]string, left map[string]int, remedy string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if len(found[name]) > left[name] {
			t.Errorf("%s: %d, want at most %d: %s\n%s", name, len(found[name]), left[name], remedy, strings.Join(found[name], "\n"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		if len(found[name]) < left[name] {
			t.Logf("%s: %d, and the list says %d: shrink it", name, len(found[name]), left[name])
		}
	}
}

// note is a place of a habit, found by its offset in the source.
func note(found map[string][]string, name string, source []byte, file *ast.File, node ast.Node) {
	line := 1 + bytes.Count(source[:node.Pos()-file.FileStart], []byte("\n"))
	found[path.Dir(name)] = append(found[path.Dir(name)], fmt.Sprintf("%s:%d", name, line))
}

// TestLiteralsAreKeyed: a field that is added, or two that change places, would give the others a new meaning.
func TestLiteralsAreKeyed(t *testing.T) {
	structs, found := structTypes(t), map[string][]string{}
	eachFile(t, func(name string, file *ast.File, source []byte) {
		literals := literalFinder{
			isStruct: func(typ ast.Expr) bool { return structs[typeName(name, file, typ)] },
			seen:     map[*ast.CompositeLit]bool{},
			report:   func(literal *ast.CompositeLit) { note(found, name, source, file, literal) },
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if literal, ok := node.(*ast.CompositeLit); ok && literal.Type != nil {
				literals.visit(literal, literal.Type)
			}
			return true
		})
	})
	compare(t, found, nil, "name the fields")
}

// structTypes are the names of all struct types of the project, each after its package.
func structTypes(t *testing.T) map[string]bool {
	t.Helper()
	structs := map[string]bool{}
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if _, ok := spec.Type.(*ast.StructType); ok {
				structs[path.Dir(name)+"."+spec.Name.Name] = true
			}
			return true
		})
	})
	return structs
}

// typeName is the package and the name of a type of the project; empty for any other type.
func typeName(file string, imports *ast.File, typ ast.Expr) string {
	switch typ := typ.(type) {
	case *ast.StarExpr:
		return typeName(file, imports, typ.X)
	case *ast.IndexExpr:
		return typeName(file, imports, typ.X)
	case *ast.Ident:
		return path.Dir(file) + "." + typ.Name
	case *ast.SelectorExpr:
		pkg, ok := typ.X.(*ast.Ident)
		if !ok {
			return ""
		}
		for _, spec := range imports.Imports {
			imported, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			if ours && importName(imports, imported) == pkg.Name {
				return imported + "." + typ.Sel.Name
			}
		}
	}
	return ""
}

// literalFinder reports struct literals without keys, also where the literal around them names their type.
type literalFinder struct {
	isStruct func(ast.Expr) bool
	seen     map[*ast.CompositeLit]bool
	report   func(*ast.CompositeLit)
}

func (f literalFinder) visit(literal *ast.CompositeLit, typ ast.Expr) {
	if f.seen[literal] || len(literal.Elts) == 0 {
		return
	}
	f.seen[literal] = true
	_, isInline := typ.(*ast.StructType)
	if _, keyed := literal.Elts[0].(*ast.KeyValueExpr); !keyed && (isInline || f.isStruct(typ)) {
		f.report(literal)
	}
	var element ast.Expr
	switch typ := typ.(type) {
	case *ast.ArrayType:
		element = typ.Elt
	case *ast.MapType:
		element = typ.Value
	}
	for _, value := range literal.Elts {
		if pair, ok := value.(*ast.KeyValueExpr); ok {
			value = pair.Value
		}
		if inner, ok := value.(*ast.CompositeLit); ok && inner.Type == nil && element != nil {
			f.visit(inner, element)
		}
	}
}

// TestLookupsAreChecked: a cluster that is looked up by its name may be missing.
func TestLookupsAreChecked(t *testing.T) {
	found := map[string][]string{}
	eachFile(t, func(name string, file *ast.File, source []byte) {
		ast.Inspect(file, func(node ast.Node) bool {
			assign, ok := node.(*ast.AssignStmt)
			if !ok || len(assign.Lhs) != 2 || len(assign.Rhs) != 1 {
				return true
			}
			blank, isIdent := assign.Lhs[1].(*ast.Ident)
			call, isCall := assign.Rhs[0].(*ast.CallExpr)
			if !isIdent || !isCall || blank.Name != "_" {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if ok && slices.Contains([]string{"Cluster", "ClusterByID", "Get"}, method.Sel.Name) {
				note(found, name, source, file, assign)
			}
			return true
		})
	})
	compare(t, found, nil, "take the error of Graph.Get, or ask whether it is known")
}

// TestErrorsReturnEarly: steps of which each depends on the one before return its error.
func TestErrorsReturnEarly(t *testing.T) {
	found := map[string][]string{}
	eachFile(t, func(name string, file *ast.File, source []byte) {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Body != nil && countRungs(function.Body) > 1 {
				note(found, name, source, file, function)
			}
		}
	})
	compare(t, found, ladders(), "return the first error, in a function of its own where something has to happen after it")
}

// countRungs counts `if err == nil {` in the statements of a function and their blocks, function literals apart.
func countRungs(body *ast.BlockStmt) int {
	rungs := 0
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if node.Init == nil && isErrNil(node.Cond) {
				rungs++
			}
		}
		return true
	})
	return rungs
}

func isErrNil(condition ast.Expr) bool {
	comparison, ok := condition.(*ast.BinaryExpr)
	if !ok || comparison.Op != token.EQL {
		return false
	}
	left, isLeft := comparison.X.(*ast.Ident)
	right, isRight := comparison.Y.(*ast.Ident)
	return isLeft && isRight && left.Name == "err" && right.Name == "nil"
}

// TestPoolsAreErrgroups: what runs at a time is bounded by errgroup. The list has those who ask everything at once, or
// wait for one thing, and why.
func TestPoolsAreErrgroups(t *testing.T) {
	allowed := map[string]string{
		"pkg/cluster/rights.go": "all reviews at once, over one connection; the errors are in the order of the questions",
		"pkg/check/gather.go":   "two questions beside a third",
	}
	used := map[string]bool{}
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		ast.Inspect(file, func(node ast.Node) bool {
			expression, ok := node.(ast.Expr)
			if !ok || !isSelector(expression, "sync", "WaitGroup") {
				return true
			}
			if used[name] = true; allowed[name] == "" {
				t.Errorf("%s makes a pool of its own: errgroup.Group has SetLimit", name)
			}
			return true
		})
	})
	for name, why := range allowed {
		if !used[name] {
			t.Errorf("%s (%s) has no WaitGroup: take it out of the list", name, why)
		}
	}
}
