package schema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strconv"
	"strings"
)

// source is what a schema is made of: the declarations of a package.
type source struct {
	positions  *token.FileSet
	types      map[string]declaration
	values     map[string][]ast.Expr // of typed constants, by the name of their type
	apiVersion string
	kinds      []string
	enums      []Enum
}

// declaration is a type with its doc comment.
type declaration struct {
	spec *ast.TypeSpec
	doc  *ast.CommentGroup
}

// parse reads every Go file in the root of fsys, in the order of their names.
func parse(fsys fs.FS) (*source, error) {
	names, err := fs.Glob(fsys, "*.go")
	if err != nil {
		return nil, err
	}
	s := &source{
		positions: token.NewFileSet(),
		types:     map[string]declaration{},
		values:    map[string][]ast.Expr{},
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if err := s.parseFile(fsys, name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *source) parseFile(fsys fs.FS, name string) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(s.positions, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse %w", err)
	}
	for _, declared := range file.Decls {
		if block, ok := declared.(*ast.GenDecl); ok {
			s.declare(block)
		}
	}
	return nil
}

func (s *source) declare(block *ast.GenDecl) {
	for _, spec := range block.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			doc := spec.Doc
			if doc == nil && !block.Lparen.IsValid() {
				doc = block.Doc
			}
			s.types[spec.Name.Name] = declaration{spec: spec, doc: doc}
		case *ast.ValueSpec:
			if block.Tok == token.CONST {
				s.declareConstants(spec)
			}
		}
	}
}

func (s *source) declareConstants(spec *ast.ValueSpec) {
	for i, value := range spec.Values {
		if name := typeOfConstant(spec, value); name != "" {
			s.values[name] = append(s.values[name], value)
		} else if text, ok := stringLiteral(value); ok {
			s.declareText(spec.Names[i].Name, text)
		}
	}
}

// declareText keeps the two sorts of plain constants that mean something here.
func (s *source) declareText(name, text string) {
	switch name {
	case "APIVersion":
		s.apiVersion = text
	case "Kind" + text:
		s.kinds = append(s.kinds, text)
	}
}

// typeOfConstant is the T of const X T = … and of const X = T(…).
func typeOfConstant(spec *ast.ValueSpec, value ast.Expr) string {
	named := spec.Type
	if call, ok := value.(*ast.CallExpr); ok && named == nil {
		named = call.Fun
	}
	if name, ok := named.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func stringLiteral(value ast.Expr) (string, bool) {
	literal, ok := value.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// errorf names the place in the source.
func (s *source) errorf(node ast.Node, format string, args ...any) error {
	return fmt.Errorf("read %s: %w", s.positions.Position(node.Pos()), fmt.Errorf(format, args...))
}
