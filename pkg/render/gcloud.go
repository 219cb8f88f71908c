package render

import (
	"bytes"
	"fmt"
	"text/template"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

// script is what all scripts begin with. Values get into a script as shell.Word, which quotes
// itself, or as remark, in comments and help.
type script struct {
	// File is the path of the script, for its help.
	File    shell.Word
	Remarks []remark
	// Prune says what --prune removes; empty where there is no such flag.
	Prune shell.Word
	// Library is the path of the functions that scripts share, from the directory of the script.
	Library string
}

// remark is text on a line of its own, of which it stays one.
type remark string

func (r remark) String() string {
	return printable.Map(string(r), ' ')
}

func newScript(file string, remarks ...string) script {
	s := script{File: shell.Word(layout.Deployed(file)), Library: layout.LibraryFrom(file)}
	for _, text := range remarks {
		s.Remarks = append(s.Remarks, remark(text))
	}
	return s
}

// words quotes values as they are printed.
func words[T fmt.Stringer](values []T) []shell.Word {
	all := make([]shell.Word, len(values))
	for i, value := range values {
		all[i] = shell.Word(value.String())
	}
	return all
}

// libraryFile has the functions that scripts share, where there are scripts.
func libraryFile(scripts []layout.File) ([]layout.File, error) {
	if len(scripts) == 0 {
		return nil, nil
	}
	text, err := templates.FS.ReadFile(layout.ScriptLibrary)
	if err != nil {
		return nil, fmt.Errorf("read functions of scripts: %w", err)
	}
	return []layout.File{{Path: layout.ScriptLibrary, Content: text}}, nil
}

// scriptFile fills in one of the templates of scripts.
func scriptFile(at, name string, data any) (layout.File, error) {
	set, err := template.New(name).ParseFS(templates.FS, "gcloud/*.tmpl")
	if err != nil {
		return layout.File{}, fmt.Errorf("parse templates of scripts: %w", err)
	}
	var text bytes.Buffer
	if err := set.ExecuteTemplate(&text, name, data); err != nil {
		return layout.File{}, fmt.Errorf("write %s: %w", at, err)
	}
	return layout.File{Path: at, Content: append(bytes.TrimRight(text.Bytes(), "\n"), '\n')}, nil
}
