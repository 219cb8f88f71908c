package collect

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

const fieldAuthority = "api.certificateAuthorityData"

// keepNext keeps the certificate authority that an API server will change to: one in the facts file that is valid later
// than the context's. Peers must trust both before the server presents a certificate of the new one
// (https://kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates/). An older one is being replaced, and
// removed.
func (c *collector) keepNext(target *v1alpha1.Cluster, endpoint *kubeconfig.Context) []cluster.Note {
	text, err := base64.StdEncoding.DecodeString(c.recorded(target.Name, fieldAuthority))
	if err != nil {
		return nil // reported where the file is read
	}
	current := authorities(endpoint.CertificateAuthorityData)
	next := slices.DeleteFunc(authorities(text), func(one *x509.Certificate) bool {
		return slices.ContainsFunc(current, func(other *x509.Certificate) bool {
			return !one.NotBefore.After(other.NotBefore)
		})
	})
	if len(current) == 0 || len(next) == 0 {
		return nil
	}
	var bundle bytes.Buffer
	for _, one := range slices.Concat(current, next) {
		_ = pem.Encode(&bundle, &pem.Block{Type: "CERTIFICATE", Bytes: one.Raw}) // a buffer never fails
	}
	endpoint.CertificateAuthorityData = bundle.Bytes()
	why := fmt.Sprintf("%s contains a newer CA than the context, which is kept: "+
		"the API server may be about to switch to it; if not, remove it from the file",
		c.Workspace.Path(layout.Facts(target.Name)))
	return []cluster.Note{{What: fieldAuthority, Why: why}}
}

// trustsMore reports whether a context trusts an authority that a bundle lacks.
func trustsMore(context, bundle []byte) bool {
	known := authorities(bundle)
	return slices.ContainsFunc(authorities(context), func(one *x509.Certificate) bool {
		return !slices.ContainsFunc(known, one.Equal)
	})
}

// authorities returns the certificates of a PEM text. Anything else was rejected before.
func authorities(text []byte) []*x509.Certificate {
	var all []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if one, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, one)
		}
	}
	return all
}
