package exchange

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// packSigningRequests packs the unanswered requests.
func (p *packing) packSigningRequests() error {
	for _, cluster := range p.clusters {
		request, err := p.ws.ReadOptional(layout.SigningRequest(cluster))
		if err != nil {
			return err
		}
		if request == nil || isAnswered(p.ws, cluster, request) {
			continue
		}
		p.add(exchange.Item{Kind: exchange.ItemSigningRequest, Cluster: cluster, Text: exchange.NewLines(request)})
	}
	return nil
}

// isAnswered reports whether the certificate of a cluster is for the key of a request.
func isAnswered(ws *workspace.Workspace, cluster string, request []byte) bool {
	bundle, ok, err := ws.ReadBundle(cluster)
	return err == nil && ok && bundle.IsFor(request)
}

// packSigningCertificates packs the certificates of the site, and those that it signed for others.
func (p *packing) packSigningCertificates() error {
	for _, cluster := range access.Signers(p.ws.Graph) {
		bundle, ok, err := p.ws.ReadBundle(cluster)
		if err != nil {
			return err
		}
		request, err := p.ws.ReadOptional(layout.SigningRequest(cluster))
		if err != nil {
			return err
		}
		item := exchange.Item{
			Kind:    exchange.ItemSigningCertificate,
			Cluster: cluster,
			Text:    exchange.NewLines(bundle.Public()[trust.CertChainFile]),
		}
		if request != nil && bundle.IsFor(request) {
			item.Answers = exchange.RequestDigest(request)
		}
		if ok && (p.isOwn(cluster) || p.isElsewhere(cluster) && item.Answers != "") {
			p.add(item)
		}
	}
	return nil
}

// takeSigningRequest stores a cluster's request until it is signed.
func (i *intake) takeSigningRequest(item exchange.Item) error {
	what := "request for the intermediate certificate of " + item.Cluster
	if err := i.speaksFor(item.Cluster, what); err != nil {
		return err
	}
	cluster, err := i.cluster(item.Cluster, what)
	if err != nil {
		return err
	}
	if !access.Signs(cluster) {
		return fmt.Errorf("%s: the cluster has no control plane that signs", what)
	}
	text := item.Text.Join()
	mesh := i.ws.Doc.Mesh.Metadata.Name
	if err := trust.CheckRequestIdentity(text, trust.Intermediate{
		Mesh:        mesh,
		Cluster:     item.Cluster,
		TrustDomain: cluster.TrustDomain,
	}); err != nil {
		return hint.Add(fmt.Errorf("%s: %w", what, err),
			"create a new one at the site of the cluster: kubectl mesh ca request --cluster "+item.Cluster)
	}
	name := layout.SigningRequest(item.Cluster)
	before, err := i.read(name)
	if err != nil || bytes.Equal(before, text) {
		return err
	}
	public, err := trust.ParseRequest(text)
	if err != nil {
		return err
	}
	fingerprint, err := trust.KeyFingerprint(public)
	if err != nil {
		return err
	}
	i.plan(name, text)
	i.info(name, what+", "+fingerprint)
	return nil
}

// takeSigningCertificate writes a cluster's certificate: the site's own, or the answer to a request here. It must lead
// to this workspace's roots, and match the key if that is here.
func (i *intake) takeSigningCertificate(item exchange.Item) error {
	what := "intermediate certificate of " + item.Cluster
	if _, err := i.cluster(item.Cluster, what); err != nil {
		return err
	}
	if !i.site.SpeaksFor(item.Cluster) {
		held, err := i.read(layout.TrustFile(item.Cluster, trust.CertChainFile))
		if err != nil || sameCertificates(held, item.Text.Join()) {
			return err // its request may no longer exist
		}
		if wanted, err := i.answers(item, layout.SigningRequest(item.Cluster), item.Cluster, what); err != nil || !wanted {
			return err
		}
	}
	bundle, err := i.bundle(item)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := bundle.Check(i.now); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := i.checkKey(item, bundle); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return i.keepBundle(item.Cluster, bundle, what)
}

// checkKey rejects a certificate with another key than that of the request that it claims to answer, or with another
// cluster's signing key: a site with one key in two clusters could impersonate both.
func (i *intake) checkKey(item exchange.Item, bundle trust.Bundle) error {
	file := layout.SigningRequest(item.Cluster)
	request, err := i.read(file)
	if err != nil {
		return err
	}
	if item.Answers != "" && item.Answers == exchange.RequestDigest(request) && !bundle.IsFor(request) {
		return fmt.Errorf("it is not for the key of the request in %s", i.ws.Path(file))
	}
	for _, other := range access.Signers(i.ws.Graph) {
		if other == item.Cluster {
			continue
		}
		text, err := i.read(layout.TrustFile(other, trust.CACertFile))
		if err != nil {
			return err
		}
		if (trust.Bundle{CACert: text}).HasKeyOf(bundle) {
			return fmt.Errorf("it has the signing key of %s", other)
		}
	}
	return nil
}

// bundle returns the certificate as this workspace would have it.
func (i *intake) bundle(item exchange.Item) (trust.Bundle, error) {
	chain, err := trust.ParseCertificates(item.Text.Join())
	if err != nil {
		return trust.Bundle{}, err
	}
	roots, err := i.read(layout.RootCertificate())
	if err != nil {
		return trust.Bundle{}, err
	}
	var key trust.Key
	if _, err := i.ws.Root.Lstat(layout.SigningKey(item.Cluster)); err == nil {
		if key, err = i.ws.ReadKey(layout.SigningKey(item.Cluster)); err != nil {
			return trust.Bundle{}, fmt.Errorf("read %s: %w", i.ws.Path(layout.SigningKey(item.Cluster)), err)
		}
	}
	return trust.NewBundle(chain[0], chain[1:], roots, key), nil
}

func (i *intake) keepBundle(cluster string, bundle trust.Bundle, what string) error {
	changed := false
	for name, text := range map[string][]byte{trust.CACertFile: bundle.CACert, trust.CertChainFile: bundle.Chain} {
		file := layout.TrustFile(cluster, name)
		before, err := i.read(file)
		if err != nil {
			return err
		}
		if !sameCertificates(before, text) {
			i.plan(file, text)
			changed = true
		}
	}
	if changed {
		i.info(layout.TrustFile(cluster, trust.CACertFile), what)
	}
	return nil
}

// sameCertificates reports whether two texts contain the same certificates, whatever the text around them.
func sameCertificates(a, b []byte) bool {
	if a == nil || b == nil {
		return false
	}
	first, err := trust.ParseCertificates(a)
	second, other := trust.ParseCertificates(b)
	return err == nil && other == nil && sameRoots(first, second)
}

// answers reports whether a certificate answers the local request. Without a request there is nothing to answer; an
// answer for another site is ignored. An answer to another request is an error if the cluster belongs to this site.
func (i *intake) answers(item exchange.Item, request, owner, what string) (bool, error) {
	text, err := i.read(request)
	if err != nil {
		return false, err
	}
	switch {
	case text != nil && item.Answers == exchange.RequestDigest(text):
		return true, nil
	case !i.isOurs(owner):
		return false, nil
	case text == nil:
		return false, fmt.Errorf("%s: %s contains no matching request", what, i.ws.Path(request))
	}
	return false, hint.Errorf("send the request again: kubectl mesh exchange export"+i.ws.FilenameFlag(),
		"%s: it answers another request, %s, not the one in %s", what, short(item.Answers), i.ws.Path(request))
}

// short returns the part of a digest that people compare.
func short(digest string) string {
	if digest == "" {
		return "none"
	}
	return digest[:min(len(digest), len("sha256:")+16)]
}

// isOurs reports whether a cluster belongs, or could belong, to this site.
func (i *intake) isOurs(cluster string) bool {
	return i.own == nil || slices.Contains(i.own.Clusters, cluster)
}
