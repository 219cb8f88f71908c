// Package seal encrypts the objects with credentials of a workspace, so that they can be committed.
package seal

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// Input selects what to seal.
type Input struct {
	Workspace *workspace.Workspace
	// Cluster to seal for; if empty, all with sealing.
	Cluster string
	// Keys decrypt existing sealed files, if available.
	Keys sealing.Keys
	Now  time.Time
	Log  hint.Log
}

// Prepared is what has been encrypted and not been written yet.
type Prepared struct{ run *run }

// Prepare reads and encrypts everything, in memory. The problems do not stop it.
func Prepare(in Input) (Prepared, []mesh.Problem, error) {
	in.Workspace.Now = in.Now // what expires soon is sealed, with a warning
	r := &run{Input: in}
	if err := r.prepare(); err != nil {
		return Prepared{}, nil, err
	}
	return Prepared{run: r}, in.Workspace.Check(r.known), nil
}

// Held is what cannot be sealed yet: its credential, its certificate or an address is missing.
func (p Prepared) Held() []render.Held { return p.run.held }

// Path of the sealed file of what is held back.
func (p Prepared) Path(h render.Held) string {
	return p.run.Workspace.Path(layout.SealedFile(h.Cluster, path.Base(h.File)))
}

// Write writes all files atomically, and reports it.
func (p Prepared) Write(ctx context.Context) error { return p.run.write(ctx) }

// run seals for some clusters.
type run struct {
	Input
	// source is the key with which later runs recognize unchanged content; created when needed.
	source     []byte
	madeSource bool
	jobs       []*job
	// kept counts the files that are up to date.
	kept     int
	held     []render.Held
	problems []mesh.Problem
	// known is what the rules check about the credentials.
	known []rules.Credential
}

// job is a file to seal.
type job struct {
	render.Sealable
	cluster *v1alpha1.Cluster
	secret  sealing.Secret
	opened  *sealing.Opened
	// why it is sealed again; empty for a new file.
	why     string
	dropped []string
	text    []byte
}

// plan determines what to seal for a cluster.
func (r *run) plan(cluster *v1alpha1.Cluster) error {
	sealables, err := r.Workspace.Sealables(cluster.Name)
	if err != nil {
		return err
	}
	if r.source == nil {
		if r.source, err = r.readSourceKey(); err != nil {
			return err
		}
	}
	plain, held, err := render.PlainSecrets(r.credentials(cluster, sealables), cluster.Name)
	if err != nil {
		return err
	}
	for _, h := range held {
		r.keepOrHold(h, sealables, workspace.SealerOf(cluster))
	}
	for _, sealable := range sealables {
		secret, ok := plain[sealable.File]
		if !ok {
			continue
		}
		job := &job{Sealable: sealable, cluster: cluster, secret: secret}
		stale, err := r.look(job)
		if err != nil {
			return err
		}
		if stale {
			r.jobs = append(r.jobs, job)
		} else {
			r.kept++
		}
	}
	return nil
}

// keepOrHold keeps what others sealed with credentials that are not here, if it matches mesh.yaml. Otherwise the
// credential is required.
func (r *run) keepOrHold(h render.Held, sealables []render.Sealable, sealer sealing.Sealer) {
	at := slices.IndexFunc(sealables, func(s render.Sealable) bool { return s.File == path.Base(h.File) })
	if at < 0 { // it has no certificate yet
		r.held = append(r.held, h)
		return
	}
	file, found := r.Workspace.JudgeSealed(sealables[at], sealer)
	if file != nil && found.Outdated == "" {
		r.kept++
		return
	}
	if found.Outdated != "" {
		h.Why += "; " + found.File + " must be sealed again: " + found.Outdated
	}
	r.held = append(r.held, h)
}

// look compares a file with its intended content, and reports whether it must be sealed.
func (r *run) look(job *job) (bool, error) {
	file, err := r.Workspace.ReadSealedFile(job.Sealable)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if unread, ok := errors.AsType[*fs.PathError](err); ok { // such as a link that leaves the workspace
		r.problems = append(r.problems, mesh.Problem{
			Severity: mesh.SeverityError,
			Clusters: []string{job.Cluster},
			File:     r.Workspace.Path(job.SealedFile()),
			Message:  "cannot be read: " + unread.Err.Error(),
			Hint:     "replace it with a file in this workspace, or remove it",
		})
		return false, nil
	}
	if err != nil {
		job.why = terminal.OneLine(err.Error())
		return true, nil
	}
	sealer := workspace.SealerOf(job.cluster)
	job.dropped = file.Dropped(sealer)
	if !r.Keys.IsZero() {
		job.opened, err = file.Open(r.Keys)
		if err != nil && !errors.Is(err, sealing.ErrForOthers) {
			job.why = "it could not be decrypted: " + terminal.OneLine(err.Error())
			return true, nil
		}
	}
	source := ""
	if r.source != nil {
		source = job.secret.Source(r.source)
	}
	job.why, err = file.Stale(job.secret, sealer, source, job.opened)
	return job.why != "", err
}
