// Package seal encrypts the objects with credentials of a workspace, so that they can be committed.
package seal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
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

// Held is what cannot be sealed yet: its credential, its certificate or an address is missing.
func (p Prepared) Held() []render.Held { return p.run.held }

// Path of the file that what is held back would be sealed in.
func (p Prepared) Path(h render.Held) string {
	return p.run.Workspace.Path(layout.SealedFile(h.Cluster, path.Base(h.File)))
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
	held     []render.Held
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

// keepOrHold: what others have sealed with credentials that are not here stays, if it is as mesh.yaml
// says. Otherwise the credential is needed.
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
		h.Why += "; " + found.File + " has to be sealed again: " + found.Outdated
	}
	r.held = append(r.held, h)
}

// credentials reads what is at hand of a cluster, and says of the rest how to get it. What cannot be used is a problem.
func (r *run) credentials(cluster *v1alpha1.Cluster, sealables []render.Sealable) render.Input {
	ws := r.Workspace
	in := ws.RenderInput()
	in.AbsentCredentials, in.AbsentKeys = map[access.Pair]render.Missing{}, map[string]render.Missing{}
	for _, sealable := range sealables {
		pair := sealable.Pair
		switch target, isRemote := ws.Graph.Cluster(pair.Target); {
		case !isRemote:
			if err := r.key(&in, cluster.Name); err != nil {
				lack(r, in.AbsentKeys, cluster.Name, ws.MissingKey(cluster.Name, err), err)
			}
		case access.KindOf(target).Traits().Form == access.FormCertificate:
			if err := r.certificate(&in, pair); err != nil {
				lack(r, in.AbsentCredentials, pair, ws.MissingCertificate(pair, err), err)
			}
		default:
			if err := r.token(&in, pair); err != nil {
				lack(r, in.AbsentCredentials, pair, ws.MissingToken(pair, err), err)
			}
		}
	}
	return in
}

// lack notes why a credential is not at hand: one that is there and cannot be used is a problem.
func lack[K comparable](r *run, absent map[K]render.Missing, of K, problem mesh.Problem, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		absent[of] = render.Missing{Why: problem.Message, Next: problem.Hint}
		return
	}
	r.problems = append(r.problems, problem)
}

func (r *run) key(in *render.Input, cluster string) error {
	bundle := r.Workspace.Bundles[cluster]
	key, err := r.Workspace.ReadKey(layout.SigningKey(cluster))
	if bundle.Key = key; err == nil {
		err = bundle.CheckOnce()
	}
	if err == nil {
		in.Bundles = r.Workspace.BundlesWith(cluster, bundle)
	}
	return err
}

func (r *run) certificate(in *render.Input, pair access.Pair) error {
	certificate, err := r.Workspace.ReadClientCertificate(pair)
	if err != nil {
		return err
	}
	in.ClientCertificates[pair] = certificate
	if life, ok := r.Workspace.Validity(pair); ok {
		r.known = append(r.known, life)
	}
	return nil
}

func (r *run) token(in *render.Input, pair access.Pair) error {
	token, open, err := r.Workspace.ReadToken(pair)
	if err != nil {
		return err
	}
	in.Tokens[pair] = token
	known := r.Workspace.Credential(pair, token, open)
	if life, ok := r.Workspace.Validity(pair); ok {
		known.NotBefore, known.NotAfter = life.NotBefore, life.NotAfter
	}
	r.known = append(r.known, known)
	return nil
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
