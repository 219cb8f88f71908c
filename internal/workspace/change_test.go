package workspace_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// TestChange: all of it, or nothing of it, and nothing of it later either.
func TestChange(t *testing.T) {
	fine := func(c *workspace.Change) error {
		c.Public("clusters/east.yaml", []byte("facts\n"))
		c.Private("credentials/east/ca-key.pem", []byte("key\n"))
		return nil
	}
	interruption, interrupt := context.WithCancel(t.Context())
	interrupt()
	for _, test := range []struct {
		name    string
		ctx     context.Context
		collect func(*workspace.Change) error
		want    string
	}{
		{"it is not collected", t.Context(), func(c *workspace.Change) error { return errors.Join(fine(c), errors.New("no")) }, "no"},
		{"a file is not as expected", t.Context(), func(c *workspace.Change) error {
			c.Expect("clusters/west.yaml", []byte("x"))
			return fine(c)
		}, "clusters/west.yaml: changed by another process: it was removed | run the same command again: it then uses the current files"},
		{"it does not fit together", t.Context(), func(c *workspace.Change) error {
			c.Verify(func(files fs.FS) error {
				text, err := fs.ReadFile(files, "credentials/east/ca-key.pem")
				return errors.Join(err, errors.New("not a key: "+string(text[:3])))
			})
			return fine(c)
		}, "verify what was written: not a key: key"},
		{"the user ends it", interruption, fine, "interrupted: keep credentials out of git: write the workspace: context canceled"},
	} {
		h, ws := open(t, testmesh.Both, nil)
		err := ws.Change(test.ctx, test.collect)
		if diff := cmp.Diff([]string{test.want}, h.Problems(err)); diff != "" || errors.Is(err, verdict.ErrInterrupted) != (test.ctx != t.Context()) {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if err := ws.Change(t.Context(), func(c *workspace.Change) error {
			c.Public("trust/root-cert.pem", []byte("root"))
			return nil
		}); err != nil {
			t.Errorf("%s: the next change: %v", test.name, h.Problems(err))
		}
		files := h.Files()
		delete(files, "credentials/.gitignore")
		if diff := cmp.Diff(map[string]string{"trust/root-cert.pem": "root"}, files); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestUnchanged: what another run wrote is noticed, and what this one wrote is not.
func TestUnchanged(t *testing.T) {
	h, ws := open(t, testmesh.Both, nil)
	other, _ := h.Open()
	write := func(ws *workspace.Workspace) {
		if err := ws.WritePrivate(t.Context(), tokenFile, []byte(ws.Path("")+t.Name())); err != nil {
			t.Fatal(h.Problems(err))
		}
	}
	write(ws)
	if err := ws.Unchanged(); err != nil {
		t.Errorf("after a change of its own: %v", err)
	}
	want := []string{".: changed by another process: written by another run | run the same command again: it then uses the current files"}
	if diff := cmp.Diff(want, h.Problems(other.Unchanged())); diff != "" {
		t.Errorf("after a change of another run (-want +got):\n%s", diff)
	}
	called := false
	err := other.Exclusively(t.Context(), func() error {
		called = true
		return nil
	})
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" || called {
		t.Errorf("work that rests on what was read: called %t (-want +got):\n%s", called, diff)
	}
}
