package cluster

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apigroup"
)

// Verdict is how far a credential gets.
type Verdict string

// Verdicts, from the first step to the last.
const (
	// VerdictUnreachable: no response. Other networks may reach it.
	VerdictUnreachable Verdict = "unreachable"
	// VerdictUntrusted: the server's certificate is invalid.
	VerdictUntrusted Verdict = "untrusted"
	// VerdictOdd: the response is not an API server's, or it is in trouble.
	VerdictOdd Verdict = "odd"
	// VerdictRejected: the server does not accept the credential.
	VerdictRejected Verdict = "rejected"
	VerdictAccepted Verdict = "accepted"
)

// Access is the result of using a credential.
type Access struct {
	Verdict Verdict
	// Why it gets no further; empty if it was accepted.
	Why string
	// Fault of the server's certificate, with VerdictUntrusted.
	Fault CertificateFault
	// User according to the server, and UID of the cluster; empty if unknown.
	User, UID string
	// Missing are missing permissions; Unasked explains why they could not be checked.
	Missing []Permission
	Unasked string
}

// probeTimeout is the default timeout of a response.
const probeTimeout = 15 * time.Second

// Probe uses a remote kubeconfig like istiod, and checks its permissions. It reads no file and runs no program that the
// kubeconfig refers to, and opens a new connection to this server only.
func Probe(
	ctx context.Context, remote RemoteKubeconfig, userAgent string, timeout time.Duration, permissions []Permission,
) Access {
	if timeout == 0 {
		timeout = probeTimeout
	}
	config, err := remote.config(userAgent, timeout)
	if err != nil {
		return Access{Verdict: VerdictOdd, Why: err.Error()}
	}
	web, err := rest.HTTPClientFor(config)
	if err != nil {
		return Access{Verdict: VerdictOdd, Why: "its certificate, key or CA cannot be used"}
	}
	defer web.CloseIdleConnections()
	web.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	kube, err := openKubernetesWith(config, web)
	if err != nil {
		return Access{Verdict: VerdictOdd, Why: err.Error()}
	}
	return probe(ctx, kube, permissions)
}

func (r RemoteKubeconfig) config(userAgent string, timeout time.Duration) (*rest.Config, error) {
	config := &rest.Config{Host: r.Server, BearerToken: r.Token.Reveal(), UserAgent: userAgent, QPS: -1, Timeout: timeout,
		WarningHandler:  rest.NoWarnings{},
		TLSClientConfig: rest.TLSClientConfig{ServerName: r.TLSServerName, CAData: r.CertificateAuthorityData}}
	config.Wrap(apigroup.Bound)
	if r.key != nil {
		config.CertData, config.KeyData = r.key.cert, r.key.key
	}
	if r.ProxyURL == "" {
		return config, nil
	}
	proxy, err := url.Parse(r.ProxyURL)
	if err != nil {
		return nil, errors.New("its proxy-url is not a URL")
	}
	config.Proxy = http.ProxyURL(proxy)
	return config, nil
}

func probe(ctx context.Context, kube kubernetes, permissions []Permission) Access {
	review, err := kube.review(ctx)
	if err != nil && !apierrors.IsNotFound(err) { // older than Kubernetes 1.28
		return Access{Verdict: verdict(err), Why: reason(err), Fault: CertificateFaultOf(err)}
	}
	access := Access{Verdict: VerdictAccepted}
	if err == nil {
		access.User = review.Status.UserInfo.Username
	}
	if namespace, err := kube.namespace(ctx, metav1.NamespaceSystem); err == nil {
		access.UID = string(namespace.UID)
	}
	if access.Missing, err = missing(ctx, kube, permissions); err != nil {
		access.Unasked = reason(err)
	}
	return access
}

func verdict(err error) Verdict {
	var status apierrors.APIStatus
	switch {
	case apierrors.IsUnauthorized(err):
		return VerdictRejected
	case errors.As(err, &status):
		return VerdictOdd
	case CertificateFaultOf(err).Kind != "":
		return VerdictUntrusted
	}
	return VerdictUnreachable
}
