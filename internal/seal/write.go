package seal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// write writes all files atomically, then reports it.
func (r *run) write(ctx context.Context) error {
	var settings settings
	err := r.Workspace.Change(ctx, func(c *workspace.Change) error {
		if r.madeSource {
			c.Expect(layout.SourceKey(), nil)
			c.Private(layout.SourceKey(), []byte(hex.EncodeToString(r.source)+"\n"))
		}
		for _, job := range r.jobs {
			c.Public(job.SealedFile(), job.text)
			c.Verify(job.verify)
		}
		settings = r.settings(c)
		return settings.err
	})
	if err != nil {
		return err
	}
	for _, job := range r.jobs {
		name := r.Workspace.Path(job.SealedFile())
		if job.why == "" {
			r.Log.Info("%s: sealed", name)
		} else {
			r.Log.Info("%s: sealed again: %s", name, job.why)
		}
	}
	if r.kept > 0 {
		r.Log.Info("%s unchanged", terminal.Count(r.kept, "sealed file"))
	}
	r.infoDropped()
	for _, say := range settings.say {
		say()
	}
	if len(r.jobs) > 0 {
		r.Log.Advise("render, and commit sealed files and tree: " +
			"kubectl mesh render --output-dir deploy" + r.Workspace.FilenameFlag())
	}
	return nil
}

// verify reads a file back and compares the object.
func (j *job) verify(files fs.FS) error {
	text, err := fs.ReadFile(files, j.SealedFile())
	if err != nil {
		return err
	}
	file, err := sealing.Parse(text)
	if err == nil && (file.Name != j.Name || file.Namespace != j.Namespace) {
		err = errors.New("it is another object")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", j.SealedFile(), err)
	}
	return nil
}

// infoDropped lists what former recipients could read: Git keeps the old files.
func (r *run) infoDropped() {
	for _, job := range r.jobs {
		if len(job.dropped) == 0 {
			continue
		}
		r.Log.Warn("", "%s: holders of %s can still decrypt the old file in Git",
			r.Workspace.Path(job.SealedFile()), strings.Join(clipped(job.dropped), ", "))
		r.Log.Advise(r.rotation(job))
	}
}

// rotation describes how to replace a credential.
func (r *run) rotation(job *job) string {
	flag := r.Workspace.FilenameFlag()
	if _, remote := r.Workspace.Graph.Cluster(job.Pair.Target); !remote {
		return "rotate its key: kubectl mesh ca rotate --cluster " + job.Cluster + flag
	}
	return "rotate the credential: kubectl mesh credentials rotate --link " + r.Workspace.LinkName(job.Pair) + flag
}

// clipped shortens recipients for display; a post-quantum one has 1959 characters.
func clipped(recipients []string) []string {
	short := slices.Clone(recipients)
	for i, text := range short {
		if len(text) > 70 {
			short[i] = text[:24] + "…"
		}
	}
	return short
}
