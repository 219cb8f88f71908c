// Package seal encrypts the objects with credentials of a workspace, so that they can be committed.
package seal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// Input says what to seal.
type Input struct {
	Workspace *workspace.Workspace
	// Cluster is the one to seal for; empty: all that have it.
	Cluster string
	// Keys open what is sealed already, if there are any.
	Keys sealing.Keys
	Now  time.Time
	Tell hint.Tell
}

// Prepared is what has been encrypted and not been written yet.
type Prepared struct{ run *run }

// Prepare reads and encrypts everything, in memory. The problems do not stop it.
func Prepare(in Input) (Prepared, []mesh.Problem, error) {
	in.Workspace.Now = in.Now // what ends soon is sealed, and said
	r := &run{Input: in}
	if err := r.prepare(); err != nil {
		return Prepared{}, nil, err
	}
	return Prepared{run: r}, in.Workspace.Check(r.known), nil
}

// Write puts all files in their places, or none, and says so.
func (p Prepared) Write(ctx context.Context) error { return p.run.write(ctx) }

// run seals for some clusters.
type run struct {
	Input
	// source is the key with which later runs recognize what has not changed; made when it is needed.
	source     []byte
	madeSource bool
	jobs       []*job
	// kept counts the files that are as they have to be.
	kept     int
	problems []mesh.Problem
	// known is what the rules may know of the credentials.
	known []rules.Credential
}

// sealJob is one file that has to be sealed.
type job struct {
	render.Sealable
	cluster *v1alpha1.Cluster
	secret  sealing.Secret
	opened  *sealing.Opened
	// why it is sealed anew; empty for a new file.
	why     string
	dropped []string
	text    []byte
}

// plan finds out what has to be sealed for a cluster.
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
	in, missing := r.credentials(cluster, sealables)
	plain, err := render.PlainSecrets(in, cluster.Name)
	if err != nil {
		return err
	}
	for _, sealable := range sealables {
		secret, held := plain[sealable.File]
		if !held {
			r.keepOrMiss(sealable, workspace.SealerOf(cluster), missing[sealable.File])
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

// keepOrMiss: what others have sealed with credentials that are not here stays, if it is as mesh.yaml
// says. Otherwise the credential is needed.
func (r *run) keepOrMiss(sealable render.Sealable, sealer sealing.Sealer, missing lack) {
	file, found := r.Workspace.JudgeSealed(sealable, sealer)
	if file != nil && found.Outdated == "" && errors.Is(missing.err, fs.ErrNotExist) {
		r.kept++
		return
	}
	if found.Outdated != "" {
		missing.problem.Message += "; " + found.File + " has to be sealed anew: " + found.Outdated
	}
	r.problems = append(r.problems, missing.problem)
}

// lack is why a credential is not at hand.
type lack struct {
	err     error
	problem mesh.Problem
}

// credentials reads what is at hand of a cluster; for the rest it says what is missing, by file.
func (r *run) credentials(cluster *v1alpha1.Cluster, sealables []render.Sealable) (render.Input, map[string]lack) {
	ws, missing := r.Workspace, map[string]lack{}
	in := ws.RenderInput()
	for _, sealable := range sealables {
		pair := sealable.Pair
		target, remote := ws.Graph.Cluster(pair.Target)
		switch {
		case !remote:
			bundle := ws.Bundles[cluster.Name]
			key, err := ws.ReadKey(layout.SigningKey(cluster.Name))
			if bundle.Key = key; err == nil {
				err = bundle.CheckOnce()
			}
			if err != nil {
				missing[sealable.File] = lack{err: err, problem: ws.MissingKey(cluster.Name, err)}
				continue
			}
			in.Bundles = ws.BundlesWith(cluster.Name, bundle)
		case access.KindOf(target).Traits().Form == access.FormCertificate:
			certificate, err := ws.ReadClientCertificate(pair)
			if err != nil {
				missing[sealable.File] = lack{err: err, problem: ws.MissingCertificate(pair, err)}
				continue
			}
			in.ClientCertificates[pair] = certificate
			if validity, ok := ws.Validity(pair); ok {
				r.known = append(r.known, validity)
			}
		default:
			token, open, err := ws.ReadToken(pair)
			if err != nil {
				missing[sealable.File] = lack{err: err, problem: ws.MissingToken(pair, err)}
				continue
			}
			in.Tokens[pair] = token
			known := ws.Credential(pair, token, open)
			if validity, ok := ws.Validity(pair); ok {
				known.NotBefore, known.NotAfter = validity.NotBefore, validity.NotAfter
			}
			r.known = append(r.known, known)
		}
	}
	return in, missing
}

// look compares a file with what it is to hold, and tells whether it has to be sealed.
func (r *run) look(job *job) (bool, error) {
	file, err := r.Workspace.ReadSealedFile(job.Sealable)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if unread, ok := errors.AsType[*fs.PathError](err); ok { // a link that leads out, say: nothing is written there either
		r.problems = append(r.problems, mesh.Problem{Severity: mesh.SeverityError, Clusters: []string{job.Cluster}, File: r.Workspace.Path(job.SealedFile()),
			Message: "cannot be read: " + unread.Err.Error(), Hint: "make it a file in a folder of this workspace, or remove it"})
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
			job.why = "it could not be opened: " + terminal.OneLine(err.Error())
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

// encrypt makes all files, in memory.
func (r *run) encrypt() error {
	if len(r.jobs) == 0 {
		return nil
	}
	if r.source == nil {
		if err := r.makeSourceKey(); err != nil {
			return err
		}
	}
	for _, job := range r.jobs {
		var err error
		if job.text, err = r.seal(job); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) seal(job *job) ([]byte, error) {
	source := job.secret.Source(r.source)
	if job.cluster.Sealing.Format == v1alpha1.SealingSealedSecrets {
		certificate, err := sealedsecret.ParseCertificate(job.cluster.Sealing.SealedSecrets.CertificateData)
		if err != nil {
			return nil, err
		}
		return job.secret.SealedSecret(rand.Reader, certificate, source)
	}
	encryption := sops.Encryption{Now: r.Now, Random: rand.Reader, Before: job.opened.Before()}
	for _, text := range job.cluster.Sealing.Age.Recipients {
		recipient, err := sops.ParseRecipient(text)
		if err != nil {
			return nil, err
		}
		encryption.Recipients = append(encryption.Recipients, recipient)
	}
	return job.secret.SOPS(encryption, source)
}

// write puts all files in their places, or none, and then says so.
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
			r.Tell.Say("%s: sealed", name)
		} else {
			r.Tell.Say("%s: sealed anew: %s", name, job.why)
		}
	}
	if r.kept > 0 {
		r.Tell.Say("%s unchanged", terminal.Count(r.kept, "sealed file"))
	}
	r.sayDropped()
	for _, say := range settings.say {
		say()
	}
	if len(r.jobs) > 0 {
		r.Tell.Advise("render what was sealed, and commit both: kubectl mesh render --output-dir deploy" + r.Workspace.FilenameFlag())
	}
	return nil
}

// verify reads a file back: it is the object that it was to be.
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

// sayDropped lists what somebody could read who is no recipient any more: git keeps the old files.
func (r *run) sayDropped() {
	for _, job := range r.jobs {
		if len(job.dropped) == 0 {
			continue
		}
		r.Tell.Warn("", "%s: whoever has %s can still read the old file in git", r.Workspace.Path(job.SealedFile()), strings.Join(clipped(job.dropped), ", "))
		r.Tell.Advise(r.rotation(job))
	}
}

// rotation says how a credential is made anew.
func (r *run) rotation(job *job) string {
	flag := r.Workspace.FilenameFlag()
	if _, remote := r.Workspace.Graph.Cluster(job.Pair.Target); !remote {
		return "make its key anew: kubectl mesh ca rotate --cluster " + job.Cluster + flag
	}
	return "make the credential anew: kubectl mesh credentials rotate --link " + r.Workspace.LinkName(job.Pair) + flag
}

// clipped are recipients as a person tells them apart; one for post-quantum has 1959 characters.
func clipped(recipients []string) []string {
	short := slices.Clone(recipients)
	for i, text := range short {
		if len(text) > 70 {
			short[i] = text[:24] + "…"
		}
	}
	return short
}
