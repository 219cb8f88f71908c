package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// packClientRequests packs the unanswered requests of the site's control planes.
func (p *packing) packClientRequests() error {
	for _, consumer := range p.clusters {
		for _, pair := range access.CertificatePairs(p.ws.Graph, consumer) {
			request, err := p.ws.ReadOptional(layout.ClientRequest(pair.Target, pair.Consumer))
			if err != nil {
				return err
			}
			generation := p.newest(pair)
			if request == nil || !p.isElsewhere(pair.Target) || generation == 0 {
				continue
			}
			if p.has(pair.ClientCertificateFile(generation)) {
				continue
			}
			p.add(exchange.Item{
				Kind:       exchange.ItemClientRequest,
				Cluster:    pair.Target,
				Consumer:   pair.Consumer,
				Generation: generation,
				Text:       exchange.NewLines(request),
			})
		}
	}
	return nil
}

func (p *packing) newest(pair access.Pair) int32 {
	a, err := p.ws.Access(pair)
	if err != nil {
		return 0
	}
	return a.Newest()
}

func (p *packing) has(name string) bool {
	_, err := p.ws.Root.Lstat(name)
	return err == nil
}

// packClientCertificates packs those that the site's clusters signed. Certificates are public; their keys stay with the
// consumer.
func (p *packing) packClientCertificates() error {
	for _, pair := range p.ws.Pairs() {
		a, err := p.ws.Access(pair)
		if err != nil || !p.isOwn(pair.Target) || !p.isElsewhere(pair.Consumer) {
			continue
		}
		if a.Kind().Traits().Form != access.FormCertificate || a.Newest() == 0 {
			continue
		}
		certificate, err := p.ws.ReadOptional(pair.ClientCertificateFile(a.Newest()))
		if err != nil {
			return err
		}
		if certificate == nil {
			continue
		}
		if certificate, err = kubeconfig.ClientCertificateText(certificate); err != nil {
			return fmt.Errorf("%s: %w", p.ws.Path(pair.ClientCertificateFile(a.Newest())), err)
		}
		request, err := p.ws.ReadOptional(layout.ClientRequest(pair.Target, pair.Consumer))
		if err != nil {
			return err
		}
		item := exchange.Item{
			Kind:       exchange.ItemClientCertificate,
			Cluster:    pair.Target,
			Consumer:   pair.Consumer,
			Generation: a.Newest(),
			Text:       exchange.NewLines(certificate),
		}
		if kubeconfig.AnswersClientRequest(certificate, request) {
			item.Answers = exchange.RequestDigest(request)
		}
		p.add(item)
	}
	return nil
}

// takeClientRequest stores a control plane's request until it is approved. It must be for exactly the consumer's user
// according to mesh.yaml (CVE-2026-4740 of Open Cluster Management: an identity taken from the request).
func (i *intake) takeClientRequest(item exchange.Item) error {
	pair := access.Pair{Consumer: item.Consumer, Target: item.Cluster}
	what := fmt.Sprintf("request of %s for a client certificate of %s", pair.Consumer, pair.Target)
	if err := i.speaksFor(item.Consumer, what); err != nil {
		return err
	}
	if !i.isOurs(pair.Target) {
		return nil
	}
	if err := i.reads(pair, access.FormCertificate, what); err != nil {
		return err
	}
	if newest := i.newest(pair); item.Generation != newest {
		return fmt.Errorf("%s: for generation %d, but the current one is %d", what, item.Generation, newest)
	}
	text := item.Text.Join()
	fingerprint, err := kubeconfig.CheckClientRequest(text, access.ReaderUser(pair.Consumer, item.Generation))
	if err != nil {
		return hint.Add(fmt.Errorf("%s: %w", what, err),
			"create a new one at the site of the control plane: "+
				"kubectl mesh credentials request --from "+pair.Consumer+" --to "+pair.Target)
	}
	name := layout.ClientRequest(pair.Target, pair.Consumer)
	before, err := i.read(name)
	if err != nil || bytes.Equal(before, text) {
		return err
	}
	if other, shared := i.sharesFile(pair, name); shared {
		return fmt.Errorf("%s: %s is also the file for the request of %s for %s",
			what, i.ws.Path(name), other.Consumer, other.Target)
	}
	i.plan(name, text)
	i.info(name, what+", "+fingerprint)
	return nil
}

// sharesFile finds another pair whose request has the same file name, such as a-b and c, and a and b-c: a site that
// speaks for one could replace the other's request.
func (i *intake) sharesFile(pair access.Pair, name string) (access.Pair, bool) {
	for _, other := range i.ws.Pairs() {
		if other != pair && layout.ClientRequest(other.Target, other.Consumer) == name {
			return other, true
		}
	}
	return access.Pair{}, false
}

// takeClientCertificate writes the certificate that a cluster of the site signed for a control plane of this one.
func (i *intake) takeClientCertificate(item exchange.Item) error {
	pair := access.Pair{Consumer: item.Consumer, Target: item.Cluster}
	what := fmt.Sprintf("client certificate of %s for %s", pair.Consumer, pair.Target)
	if err := i.speaksFor(item.Cluster, what); err != nil {
		return err
	}
	if !i.isOurs(pair.Consumer) {
		return nil
	}
	if err := i.reads(pair, access.FormCertificate, what); err != nil {
		return err
	}
	key, err := i.ws.ReadFile(pair.ClientKeyFile(item.Generation))
	if errors.Is(err, fs.ErrNotExist) {
		if i.own == nil {
			return nil // of another site
		}
		return fmt.Errorf("%s: its key is missing: %s", what, i.ws.Path(pair.ClientKeyFile(item.Generation)))
	}
	if err != nil {
		return err
	}
	text := item.Text.Join()
	certificate, err := kubeconfig.ParseClientCertificate(text, key)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	text, _ = certificate.Reveal()
	name := pair.ClientCertificateFile(item.Generation)
	before, err := i.read(name)
	if err != nil || bytes.Equal(before, text) {
		return err
	}
	request := layout.ClientRequest(pair.Target, pair.Consumer)
	if wanted, err := i.answers(item, request, pair.Consumer, what); err != nil || !wanted {
		return err
	}
	switch want := access.ReaderUser(pair.Consumer, item.Generation); {
	case certificate.User() != want:
		return fmt.Errorf("%s: issued to %q, expected %q", what, certificate.User(), want)
	case i.now.After(certificate.NotAfter()):
		return fmt.Errorf("%s: expired on %s", what, certificate.NotAfter().UTC().Format("2006-01-02"))
	}
	i.plan(name, text)
	i.info(name, what+", valid until "+certificate.NotAfter().UTC().Format("2006-01-02"))
	return nil
}

// reads rejects a credential of a pair that mesh.yaml does not have, or has with another kind of credential.
func (i *intake) reads(pair access.Pair, form access.Form, what string) error {
	if reads, _ := i.ws.Graph.Reads(pair.Consumer, pair.Target); !reads {
		return fmt.Errorf("%s: %s does not read %s in %s", what, pair.Consumer, pair.Target, i.ws.Name)
	}
	a, err := i.ws.Access(pair)
	if err != nil {
		return err
	}
	if traits := a.Kind().Traits(); !traits.Held() || traits.Form != form {
		return fmt.Errorf("%s: the credential of %s in %s is of kind %s", what, pair.Consumer, i.ws.Name, a.Kind().Auth())
	}
	return nil
}
