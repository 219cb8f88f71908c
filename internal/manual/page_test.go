package manual_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/manual"
)

// TestPrint: prose is wrapped, lists stay lists, and flags are grouped by purpose.
func TestPrint(t *testing.T) {
	var out strings.Builder
	page := manual.Page{
		Path: "kubectl mesh check", Usage: "kubectl mesh check [--cluster NAME]",
		Text:     "Check the files,\nevery cluster.\n\n  ok    no problem\n  FAIL  a check failed\n\nExits 0 if nothing failed,\n1 otherwise.",
		Examples: "  kubectl mesh check",
		Flags: []manual.Flag{
			{Name: "apply", Usage: "apply it"},
			{Name: "as", Value: "string", Usage: "username to impersonate"},
			{Name: "filename", Short: "f", Value: "string", Usage: "mesh file", Default: "mesh.yaml"},
			{Name: "prune", Usage: "with --apply: remove objects"},
		},
	}
	if err := manual.Print(&out, page); err != nil {
		t.Fatal(err)
	}
	want := `Check the files, every cluster.

  ok    no problem
  FAIL  a check failed

Usage:
  kubectl mesh check [--cluster NAME]

Examples:
  kubectl mesh check

Flags:
  -f, --filename string  mesh file (default mesh.yaml)

Flags of --apply:
      --apply  apply it
      --prune  remove objects

Impersonation flags:
      --as string  username to impersonate

Exit codes:
  Exits 0 if nothing failed, 1 otherwise.
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// TestPrintGroup: a command with commands lists them, and what any command exits with.
func TestPrintGroup(t *testing.T) {
	var out strings.Builder
	page := manual.Page{Path: "kubectl mesh ca", Usage: "kubectl mesh ca COMMAND", Text: "Manage certificates.",
		Groups: []manual.Group{{Title: "Commands", Commands: []manual.Command{{Name: "init", Summary: "Create a root"}, {Name: "issue", Summary: "Issue"}}}}}
	if err := manual.Print(&out, page); err != nil {
		t.Fatal(err)
	}
	want := `Manage certificates.

Usage:
  kubectl mesh ca COMMAND

Commands:
  init   Create a root
  issue  Issue

Exit codes:
  0    success
  1    failure, or a difference was found
  2    invalid usage or input
  3    no failure, but something is missing or could not be verified
  130  interrupted

Use "kubectl mesh ca COMMAND --help" for more information about a command.
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
