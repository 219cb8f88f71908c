package seal

import (
	"crypto/rand"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// encrypt creates all files, in memory.
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
