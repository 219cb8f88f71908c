package workspace_test

import (
	"context"
	"errors"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// TestGuardIsInterrupted: a git that was not asked to the end has said nothing, and is asked again.
func TestGuardIsInterrupted(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	ws, _, err := workspace.Read(t.Context(), workspace.Source{Filename: h.Dir() + "/mesh.yaml", Log: h.Log})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ws.GuardCredentials(gone); !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("interrupted: got %v", err)
	}
	if err := ws.GuardCredentials(t.Context()); err != nil {
		t.Errorf("the interrupt is remembered: %v", err)
	}
}

// TestReadingEndsWithTheCommand: what reads a credential asks git with the context of the command.
func TestReadingEndsWithTheCommand(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	h.Write("credentials/west/east/token", "x")
	ctx, cancel := context.WithCancel(t.Context())
	ws, _, err := workspace.Read(ctx, workspace.Source{Filename: h.Dir() + "/mesh.yaml", Log: h.Log})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	cancel()
	if _, err := ws.ReadFile("credentials/west/east/token"); !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("got %v, want %v", err, verdict.ErrInterrupted)
	}
}
