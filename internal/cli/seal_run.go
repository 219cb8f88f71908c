package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// sealRun seals for some clusters.
type sealRun struct {
	System
	ws   *workspace
	keys sealing.Keys
	// source is the key with which later runs recognize what has not changed; made when it is needed.
	source []byte
	jobs   []*sealJob
	// kept counts the files that are as they have to be.
	kept     int
	problems []mesh.Problem
	// known is what the rules may know of the credentials.
	known []rules.Credential
}

// sealJob is one file that has to be sealed.
type sealJob struct {
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
func (r *sealRun) plan(cluster *v1alpha1.Cluster) error {
	sealables, err := r.ws.sealables(cluster.Name)
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
			r.keepOrMiss(sealable, sealerOf(cluster), missing[sealable.File])
			continue
		}
		job := &sealJob{Sealable: sealable, cluster: cluster, secret: secret}
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
func (r *sealRun) keepOrMiss(sealable render.Sealable, sealer sealing.Sealer, missing lack) {
	file, found := r.ws.judgeSealed(sealable, sealer)
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
func (r *sealRun) credentials(cluster *v1alpha1.Cluster, sealables []render.Sealable) (render.Input, map[string]lack) {
	ws, missing := r.ws, map[string]lack{}
	in := ws.renderInput()
	for _, sealable := range sealables {
		reading := sealable.Reading
		target, remote := ws.graph.Cluster(reading.Target)
		switch {
		case !remote:
			bundle := ws.bundles[cluster.Name]
			key, err := ws.readKey(signingKeyFile(cluster.Name))
			if bundle.Key = key; err == nil {
				err = bundle.CheckOnce()
			}
			if err != nil {
				missing[sealable.File] = lack{err, ws.noKey(cluster.Name, err)}
				continue
			}
			in.Bundles = ws.bundlesWith(cluster.Name, bundle)
		case target.Reader.Auth == v1alpha1.ReaderAuthClientCertificate:
			certificate, err := ws.readClientCertificate(reading)
			if err != nil {
				missing[sealable.File] = lack{err, ws.noCertificate(reading, err)}
				continue
			}
			in.ClientCertificates[reading] = certificate
			if life, ok := ws.life(reading); ok {
				r.known = append(r.known, life)
			}
		default:
			token, open, err := ws.readToken(reading)
			if err != nil {
				missing[sealable.File] = lack{err, ws.missing(reading, err)}
				continue
			}
			in.Tokens[reading] = token
			known := ws.credential(reading, token, open)
			if life, ok := ws.life(reading); ok {
				known.NotBefore, known.NotAfter = life.NotBefore, life.NotAfter
			}
			r.known = append(r.known, known)
		}
	}
	return in, missing
}

// look compares a file with what it is to hold, and tells whether it has to be sealed.
func (r *sealRun) look(job *sealJob) (bool, error) {
	file, err := r.ws.readSealedFile(job.Sealable)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if unread, ok := errors.AsType[*fs.PathError](err); ok { // a link that leads out, say: nothing is written there either
		r.problems = append(r.problems, mesh.Problem{Severity: mesh.SeverityError, Clusters: []string{job.Cluster}, File: r.ws.path(job.SealedFile()),
			Message: "cannot be read: " + unread.Err.Error(), Hint: "make it a file in a folder of this workspace, or remove it"})
		return false, nil
	}
	if err != nil {
		job.why = oneLine(err.Error())
		return true, nil
	}
	sealer := sealerOf(job.cluster)
	job.dropped = file.Dropped(sealer)
	if !r.keys.IsZero() {
		job.opened, err = file.Open(r.keys)
		if err != nil && !errors.Is(err, sealing.ErrForOthers) {
			job.why = "it could not be opened: " + oneLine(err.Error())
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
func (r *sealRun) encrypt() error {
	if len(r.jobs) == 0 {
		return nil
	}
	if r.source == nil {
		if err := r.makeSourceKey(); err != nil {
			return err
		}
	}
	now := time.Now()
	for _, job := range r.jobs {
		var err error
		if job.text, err = r.seal(job, now); err != nil {
			return err
		}
	}
	return nil
}

func (r *sealRun) seal(job *sealJob, now time.Time) ([]byte, error) {
	source := job.secret.Source(r.source)
	if job.cluster.Sealing.Format == v1alpha1.SealingSealedSecrets {
		certificate, err := sealedsecret.ParseCertificate(job.cluster.Sealing.SealedSecrets.CertificateData)
		if err != nil {
			return nil, err
		}
		return job.secret.SealedSecret(rand.Reader, certificate, source)
	}
	encryption := sops.Encryption{Now: now, Random: rand.Reader, Before: job.opened.Before()}
	for _, text := range job.cluster.Sealing.Age.Recipients {
		recipient, err := sops.ParseRecipient(text)
		if err != nil {
			return nil, err
		}
		encryption.Recipients = append(encryption.Recipients, recipient)
	}
	return job.secret.SOPS(encryption, source)
}

// write puts each file in its place, all of it or nothing, and then says so.
func (r *sealRun) write() error {
	for _, job := range r.jobs {
		name := r.ws.path(job.SealedFile())
		if err := output.WriteFile(name, job.text, output.FileOptions{Mode: 0o644, Force: true}); err != nil {
			return err
		}
		if job.why == "" {
			fmt.Fprintf(r.ErrOut, "%s: sealed\n", name)
		} else {
			fmt.Fprintf(r.ErrOut, "%s: sealed anew: %s\n", name, oneLine(job.why))
		}
	}
	if r.kept > 0 {
		fmt.Fprintln(r.ErrOut, unchanged(r.kept))
	}
	r.sayDropped()
	if err := r.writeSettings(); err != nil {
		return err
	}
	if len(r.jobs) > 0 {
		sayHint(r.ErrOut, "render what was sealed, and commit both: kubectl mesh render --output-dir deploy"+r.ws.filenameFlag())
	}
	return nil
}

// sayDropped lists what somebody could read who is no recipient any more: git keeps the old files.
func (r *sealRun) sayDropped() {
	for _, job := range r.jobs {
		if len(job.dropped) == 0 {
			continue
		}
		fmt.Fprintf(r.ErrOut, "warning: %s: whoever has %s can still read the old file in git\n", r.ws.path(job.SealedFile()), strings.Join(clipped(job.dropped), ", "))
		sayHint(r.ErrOut, r.rotation(job))
	}
}

// rotation says how a credential is made anew.
func (r *sealRun) rotation(job *sealJob) string {
	flag := r.ws.filenameFlag()
	if _, remote := r.ws.graph.Cluster(job.Reading.Target); !remote {
		return "make its key anew: kubectl mesh ca rotate --cluster " + job.Cluster + flag
	}
	return "make the credential anew: kubectl mesh credentials rotate --link " + r.ws.linkName(job.Reading) + flag
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
