package sealing

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Prefix of the annotations that describe the content.
const Prefix = "kubectl-mesh.dev/"

// Facts. Those of a remote secret describe where istiod connects and what it presents there; those of cacerts identify
// the certificates that belong to the key.
const (
	factPeer         = Prefix + "peer"
	factServer       = Prefix + "server"
	factAuthority    = Prefix + "certificate-authority-sha256"
	factServerName   = Prefix + "tls-server-name"
	factProxy        = Prefix + "proxy-url"
	factToken        = Prefix + "token"
	factSubject      = Prefix + "token-subject"
	factSecret       = Prefix + "token-secret"
	factIssuer       = Prefix + "token-issuer"
	factAudience     = Prefix + "token-audience"
	factKeyID        = Prefix + "token-key-id"
	factIssued       = Prefix + "token-issued-at"
	factExpires      = Prefix + "token-expires"
	factClaims       = Prefix + "token-claims-sha256"
	factClient       = Prefix + "client-certificate-sha256"
	factClientName   = Prefix + "client-certificate-subject"
	factClientSerial = Prefix + "client-certificate-serial"
	factClientEnd    = Prefix + "client-certificate-expires"
	factSigning      = Prefix + "signing-certificate-sha256"
	factSigningName  = Prefix + "signing-certificate-subject"
	factSerial       = Prefix + "signing-certificate-serial"
	factSigningEnd   = Prefix + "signing-certificate-expires"
	factPublicKey    = Prefix + "signing-public-key-sha256"
	factChain        = Prefix + "certificate-chain-sha256"
	factRoots        = Prefix + "root-certificates-sha256"
)

// factNames returns all facts.
func factNames() []string {
	return []string{
		factPeer, factServer, factAuthority, factServerName, factProxy,
		factToken, factSubject, factSecret, factIssuer, factAudience, factKeyID, factIssued, factExpires, factClaims,
		factClient, factClientName, factClientSerial, factClientEnd,
		factSigning, factSigningName, factSerial, factSigningEnd, factPublicKey, factChain, factRoots,
	}
}

// Describe returns the facts about the plain values of a remote secret or cacerts. It rejects values that could contain
// more than the facts describe.
func Describe(plain map[string]string) (map[string]string, error) {
	if _, ok := plain[trust.CAKeyFile]; ok {
		return signingFacts(plain)
	}
	if len(plain) != 1 {
		return nil, fmt.Errorf("it is not a remote secret: it has %d keys instead of one", len(plain))
	}
	for name, text := range plain {
		return remoteFacts(name, text)
	}
	return nil, nil
}

func remoteFacts(name, text string) (map[string]string, error) {
	remote, err := kubeconfig.ParseRemote([]byte(text))
	if err != nil {
		return nil, err
	}
	config, err := remote.Config()
	if err != nil {
		return nil, errors.New("istiod would reject its kubeconfig")
	}
	again, err := manifest.Encode(config)
	if err != nil || !bytes.Equal(again, []byte(text)) {
		return nil, errors.New("its kubeconfig contains fields that kubectl mesh does not write")
	}
	if remote.ClusterID != name {
		return nil, fmt.Errorf("its key is %q, but its kubeconfig is for %q", shown(name), shown(remote.ClusterID))
	}
	facts := Address(remote)
	maps.Copy(facts, credentialFacts(remote))
	return facts, nil
}

// Address returns the facts about a remote kubeconfig that are known without its credential.
func Address(remote kubeconfig.Remote) map[string]string {
	facts := map[string]string{factPeer: remote.ClusterID, factServer: remote.Server}
	set(facts, factServerName, remote.TLSServerName)
	set(facts, factProxy, remote.ProxyURL)
	set(facts, factAuthority, sums(remote.CertificateAuthorityData))
	return facts
}

func credentialFacts(remote kubeconfig.Remote) map[string]string {
	if leaf := remote.Certificate.Leaf(); leaf != nil {
		chain, _ := remote.Certificate.Reveal()
		return map[string]string{factClient: sums(chain), factClientName: shown(leaf.Subject.String()),
			factClientSerial: leaf.SerialNumber.Text(16), factClientEnd: when(leaf.NotAfter)}
	}
	claims, ok := remote.Token.Claims()
	sum, _ := remote.Token.ClaimsSum()
	if !ok {
		return map[string]string{factToken: "opaque"}
	}
	facts := map[string]string{factClaims: sum, factExpires: "never"}
	set(facts, factSubject, shown(claims.Subject))
	set(facts, factSecret, shown(claims.Secret))
	set(facts, factIssuer, shown(claims.Issuer))
	set(facts, factAudience, shown(strings.Join(claims.Audience, ",")))
	set(facts, factKeyID, shown(remote.Token.KeyID()))
	if !claims.IssuedAt.IsZero() {
		facts[factIssued] = when(claims.IssuedAt)
	}
	if !claims.Expiry.IsZero() {
		facts[factExpires] = when(claims.Expiry)
	}
	return facts
}

// signingFacts requires exactly the four files of cacerts, with a key that matches the certificate.
func signingFacts(plain map[string]string) (map[string]string, error) {
	files := map[string][]byte{}
	for name, text := range plain {
		files[name] = []byte(text)
	}
	bundle, err := trust.FromFiles(files)
	if err == nil {
		err = bundle.CheckOnce()
	}
	if err != nil {
		return nil, errors.New("istiod would reject its certificates")
	}
	written := bundle.Public()
	if written[trust.CAKeyFile], err = bundle.Key.PEM(); err != nil || !maps.EqualFunc(written, files, bytes.Equal) {
		return nil, errors.New("it contains fields that kubectl mesh does not write")
	}
	return Signing(bundle)
}

// Signing returns the facts about a cluster's signing certificates that are known without the key.
func Signing(bundle trust.Bundle) (map[string]string, error) {
	certificate, err := bundle.Certificate()
	if err != nil {
		return nil, err
	}
	public, err := trust.KeyFingerprint(certificate.PublicKey)
	if err != nil {
		return nil, err
	}
	return map[string]string{
		factSigning: trust.Fingerprint(certificate), factSigningName: shown(certificate.Subject.String()),
		factSerial: certificate.SerialNumber.Text(16), factSigningEnd: when(certificate.NotAfter),
		factPublicKey: strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(public, "SHA256:"), ":", "")),
		factChain:     sums(bundle.Chain), factRoots: sums(bundle.Root),
	}, nil
}

// sums returns the fingerprints of certificates, in order.
func sums(text []byte) string {
	certificates, err := trust.ParseCertificates(text)
	if err != nil {
		return ""
	}
	return strings.Join(slices.Collect(func(yield func(string) bool) {
		for _, certificate := range certificates {
			if !yield(trust.Fingerprint(certificate)) {
				return
			}
		}
	}), ",")
}

func set(facts map[string]string, name, value string) {
	if value != "" {
		facts[name] = value
	}
}

func when(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// maxShown is above any practical length; annotations have room for 256 KiB in total.
const maxShown = 500

// shown returns an unverified text in a form that is safe in a manifest and on a terminal.
func shown(text string) string {
	if !printable.Text(text) {
		text = strconv.QuoteToASCII(text)
	}
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

// beginning returns the start of the content's validity, from its annotations; zero if unknown.
func beginning(annotations map[string]string) time.Time {
	begin, err := time.Parse(time.RFC3339, annotations[factIssued])
	if err != nil {
		return time.Time{}
	}
	return begin
}

// expiry returns when the content expires, from its annotations; zero if it does not.
func expiry(annotations map[string]string) time.Time {
	for _, name := range []string{factExpires, factClientEnd, factSigningEnd} {
		if end, err := time.Parse(time.RFC3339, annotations[name]); err == nil {
			return end
		}
	}
	return time.Time{}
}
