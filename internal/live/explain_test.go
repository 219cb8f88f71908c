package live

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestExplainKinds(t *testing.T) {
	missing := &apply.MissingKinds{Kinds: []schema.GroupVersionKind{
		{Group: "external-secrets.io", Version: "v1", Kind: "ExternalSecret"},
		{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "Gateway"},
		{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "TLSRoute"},
		{Group: "networking.istio.io", Version: "v1", Kind: "Gateway"},
	}}
	contexts := &Contexts{}
	declared := east("")
	declared.Istio.Version = "1.29.0"
	want := []hint.Problem{{
		Text: "the cluster has no kind ExternalSecret of external-secrets.io/v1, Gateway of gateway.networking.k8s.io/v1, " +
			"TLSRoute of gateway.networking.k8s.io/v1, Gateway of networking.istio.io/v1",
		Remedies: []string{
			"install the CRD of ExternalSecret first",
			"install Gateway API: kubectl --context=prod-east apply --server-side --field-manager=mesh-cli -f " +
				"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.1/standard-install.yaml",
			"install Istio's chart base: see INSTALL.md, which kubectl mesh render --output-dir deploy writes",
		}}}
	if diff := cmp.Diff(want, hint.List(contexts.ExplainKinds(missing, missing, declared))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExplainCertificate: each thing that may be wrong with the certificate of a server has its own remedy, and none sends
// anybody for another authority where that is right.
func TestExplainCertificate(t *testing.T) {
	raw := clientcmdapi.NewConfig()
	raw.Contexts["prod-east"] = &clientcmdapi.Context{Cluster: "gke east"}
	contexts := &Contexts{raw: raw}
	on := func(year int) time.Time { return time.Date(year, 5, 1, 0, 0, 0, 0, time.UTC) }
	shown := func(names []string, addresses ...net.IP) *x509.Certificate {
		return &x509.Certificate{DNSNames: names, IPAddresses: addresses, NotBefore: on(2040), NotAfter: on(2020)}
	}
	const set = "kubectl config set-cluster 'gke east'"
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"another authority": {x509.UnknownAuthorityError{}, `the CA of context "prod-east" is not this server's: ` +
			"get the current one from the cluster owner; " + set + " --certificate-authority=FILE --embed-certs=true"},
		"another name": {x509.HostnameError{Certificate: shown([]string{"kubernetes", "api.east"}), Host: "api.west"},
			"the server's certificate is for kubernetes, api.east: if that is the cluster, run " + set + " --tls-server-name=kubernetes, and set api.tlsServerName in mesh.yaml"},
		"no IP SANs": {x509.HostnameError{Certificate: shown([]string{"api.east"}), Host: "203.0.113.10"},
			"the server's certificate is for api.east: if that is the cluster, run " + set + " --tls-server-name=api.east, and set api.tlsServerName in mesh.yaml"},
		"another address": {x509.HostnameError{Certificate: shown(nil, net.IPv4(10, 0, 0, 1)), Host: "203.0.113.10"},
			"the server's certificate is for 10.0.0.1: if that is the cluster, run " + set + " --tls-server-name=10.0.0.1, and set api.tlsServerName in mesh.yaml"},
		"a wildcard": {x509.HostnameError{Certificate: shown([]string{"*.east.example"}), Host: "203.0.113.10"},
			"the server's certificate is for *.east.example: if that is the cluster, use such a name: " + set + " --server=URL"},
		"a common name alone": {x509.HostnameError{Certificate: shown(nil), Host: "api.east"},
			"re-issue the server's certificate with the called name or address as a subject alternative name: the common name is ignored"},
		"expired": {x509.CertificateInvalidError{Cert: shown(nil), Reason: x509.Expired, Detail: "current time A is after B"},
			"renew the server's certificate, which expired on 2020-05-01 (kubeadm certs renew apiserver, if kubeadm created it); if it is still valid, correct the clock of this machine"},
		"not valid yet": {x509.CertificateInvalidError{Cert: shown(nil), Reason: x509.Expired, Detail: "current time A is before B"},
			"correct the clock of this machine: the server's certificate is valid from 2040-05-01 on"},
		"of a client": {x509.CertificateInvalidError{Cert: shown(nil), Reason: x509.IncompatibleUsage},
			"re-issue the server's certificate for servers (extended key usage serverAuth), by a CA that can issue such certificates"},
		"SHA-1": {fmt.Errorf("insecure algorithm SHA1-RSA: %w", x509.UnknownAuthorityError{}), "re-issue the server's certificate with a SHA-256 signature or better"},
		"another rule": {x509.CertificateInvalidError{Cert: shown(nil), Reason: x509.TooManyIntermediates},
			"re-issue the server's certificate without the fault in the error"},
		"no certificate is wrong": {errors.New("connection refused"), "this must work first: kubectl --context=prod-east version"},
	} {
		err := fmt.Errorf("read namespace kube-system: %w", test.err)
		if name != "no certificate is wrong" {
			err = fmt.Errorf("read namespace kube-system: %w", &tls.CertificateVerificationError{Err: test.err})
		}
		if diff := cmp.Diff([]string{test.want}, hint.Of(contexts.Explain(err, "prod-east"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := contexts.setCluster("no-such"); got != "kubectl config set-cluster NAME" {
		t.Errorf("a context that does not exist: got %q", got)
	}
	contexts.options.Kubeconfig = "a b"
	if got := contexts.setCluster("prod-east"); got != "kubectl --kubeconfig='a b' config set-cluster 'gke east'" {
		t.Errorf("a kubeconfig of its own: got %q", got)
	}
}
