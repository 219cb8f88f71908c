package handshake

import (
	"crypto/x509"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Verdict on a chain of certificates from the perspective of a gateway's callers.
type Verdict string

// Verdicts.
const (
	VerdictOK Verdict = "ok"
	// VerdictNoMesh: the certificate contains no workload identity, so TLS is terminated outside the mesh.
	VerdictNoMesh Verdict = "no-mesh"
	// VerdictTrustDomain: the workload is in another trust domain.
	VerdictTrustDomain Verdict = "trust-domain"
	VerdictExpired     Verdict = "expired"
	VerdictNotYetValid Verdict = "not-yet-valid"
	// VerdictForeignRoot: a caller trusts none of the certificates above the workload's.
	VerdictForeignRoot Verdict = "foreign-root"
	// VerdictForeignIntermediate: another cluster signs for the workloads behind the gateway.
	VerdictForeignIntermediate Verdict = "foreign-intermediate"
	// VerdictInvalid: the chain is invalid for another reason of X.509.
	VerdictInvalid Verdict = "invalid"
	// VerdictUnknownRoot: there is nothing to compare the chain with.
	VerdictUnknownRoot Verdict = "unknown-root"
)

// Expected is what a gateway's callers accept. Unknown fields are not checked.
type Expected struct {
	// TrustDomains of the mesh.
	TrustDomains []string
	// Callers are the SHA-256 fingerprints of the roots that each caller trusts, by name.
	Callers map[string][]string
	// Known are certificates that can complete a chain: roots of the mesh.
	Known []*x509.Certificate
	// Signers are the SHA-256 fingerprints of the workloads' signing certificates, by cluster.
	Signers map[string][]string
	// Behind are the clusters with workloads behind the gateway.
	Behind []string
	Now    time.Time
}

// Judgement is a verdict and its subject.
type Judgement struct {
	Verdict Verdict
	// Workload is the identity in the server's certificate.
	Workload string
	// Chain from the server's certificate upwards, as far as known.
	Chain []*x509.Certificate
	// At is the certificate that the verdict is about.
	At *x509.Certificate
	// Names are the callers that do not trust it, or the cluster that signed it.
	Names []string
	// Why an invalid chain is invalid.
	Why string

	// above are the fingerprints of all certificates above the server's.
	above []string
}

// Judge compares a server's chain with what its callers expect. It checks identity, time, signatures and roots, in an
// order in which each result can explain the next.
func Judge(chain []*x509.Certificate, expected Expected) Judgement {
	if len(chain) == 0 {
		return Judgement{Verdict: VerdictNoMesh}
	}
	found := Judgement{Verdict: VerdictOK, Chain: lineage(chain, expected.Known), At: chain[0], above: ancestors(chain,
		expected.Known)}
	identity, domain := workload(chain[0])
	found.Workload = identity
	if identity == "" {
		found.Verdict = VerdictNoMesh
		return found
	}
	for _, judge := range []func(*Judgement, Expected){judgeRoot, judgeTime, judgeSigner, judgeRest} {
		if judge(&found, expected); found.Verdict != VerdictOK {
			return found
		}
	}
	if len(expected.TrustDomains) > 0 && !slices.Contains(expected.TrustDomains, domain) {
		found.Verdict, found.Names = VerdictTrustDomain, []string{domain}
	}
	return found
}

// workload returns the SPIFFE identity of a certificate and its trust domain; empty if it has none.
func workload(certificate *x509.Certificate) (identity, domain string) {
	for _, uri := range certificate.URIs {
		if uri.Scheme == "spiffe" && uri.Host != "" {
			return uri.String(), uri.Host
		}
	}
	return "", ""
}

// lineage orders certificates from the first one upwards. Each is signed by the next.
func lineage(chain, known []*x509.Certificate) []*x509.Certificate {
	line := chain[:1:1]
	candidates := slices.Concat(chain[1:], known)
	for {
		child := line[len(line)-1]
		at := slices.IndexFunc(candidates, func(c *x509.Certificate) bool {
			return !c.Equal(child) && child.CheckSignatureFrom(c) == nil
		})
		if at < 0 || slices.ContainsFunc(line, candidates[at].Equal) {
			return line
		}
		line = append(line, candidates[at])
	}
}

// ancestors returns the fingerprints of all certificates above the first. A root that was re-issued with its key, or
// that another root signed, gives a chain more than one end.
func ancestors(chain, known []*x509.Certificate) []string {
	family, left := chain[:1:1], slices.Concat(chain[1:], known)
	var sums []string
	for i := 0; i < len(family); i++ {
		left = slices.DeleteFunc(left, func(c *x509.Certificate) bool {
			if c.Equal(family[i]) || family[i].CheckSignatureFrom(c) != nil {
				return false
			}
			family, sums = append(family, c), append(sums, trust.Fingerprint(c))
			return true
		})
	}
	return sums
}

// top returns the end of the chain, and whether it is a root.
func (j *Judgement) top() (*x509.Certificate, bool) {
	last := j.Chain[len(j.Chain)-1]
	return last, last.CheckSignatureFrom(last) == nil
}

// Each caller must trust one of the certificates above the workload's.
func judgeRoot(found *Judgement, expected Expected) {
	top, isRoot := found.top()
	found.At = top
	known := false
	for name, roots := range expected.Callers {
		if len(roots) == 0 {
			continue
		}
		known = true
		if !slices.ContainsFunc(roots, func(sum string) bool { return slices.Contains(found.above, sum) }) {
			found.Names = append(found.Names, name)
		}
	}
	slices.Sort(found.Names)
	switch {
	case !known:
		found.Verdict = VerdictUnknownRoot
	case found.Names != nil && !isRoot && !expected.complete(found.Names):
		found.Verdict = VerdictUnknownRoot // the root that signed it may be one of which only the fingerprint is known
	case found.Names != nil:
		found.Verdict = VerdictForeignRoot
	}
}

// complete reports whether the certificates of all roots that these callers trust are known, not only their
// fingerprints.
func (e Expected) complete(callers []string) bool {
	for _, name := range callers {
		for _, sum := range e.Callers[name] {
			if !slices.ContainsFunc(e.Known, func(c *x509.Certificate) bool { return trust.Fingerprint(c) == sum }) {
				return false
			}
		}
	}
	return true
}

// judgeTime reports an expired certificate of the chain, the workload's first.
func judgeTime(found *Judgement, expected Expected) {
	for _, certificate := range found.Chain {
		found.At = certificate
		switch {
		case expected.Now.After(certificate.NotAfter):
			found.Verdict = VerdictExpired
			return
		case expected.Now.Before(certificate.NotBefore):
			found.Verdict = VerdictNotYetValid
			return
		}
	}
}

// judgeSigner: if another cluster's certificate signs there, two clusters share a key, or the address is the wrong
// one's.
func judgeSigner(found *Judgement, expected Expected) {
	if len(found.Chain) < 2 {
		return
	}
	found.At = found.Chain[1]
	var signers []string
	for name, signing := range expected.Signers {
		if slices.Contains(signing, trust.Fingerprint(found.At)) {
			signers = append(signers, name)
		}
	}
	slices.Sort(signers)
	if signers != nil && !slices.ContainsFunc(signers, func(name string) bool {
		return slices.Contains(expected.Behind,
			name)
	}) {
		found.Verdict, found.Names = VerdictForeignIntermediate, signers
	}
}

// judgeRest leaves the rest to X.509: path length, name constraints, extensions.
func judgeRest(found *Judgement, expected Expected) {
	top, _ := found.top()
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(top)
	for _, certificate := range found.Chain[1:] {
		between.AddCert(certificate)
	}
	found.At = found.Chain[0]
	if _, err := found.At.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: expected.Now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err != nil {
		found.Verdict, found.Why = VerdictInvalid, detail(err)
	}
}
