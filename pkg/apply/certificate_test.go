package apply

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	certificatesv1 "k8s.io/api/certificates/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	createRequest  = "POST /apis/certificates.k8s.io/v1/certificatesigningrequests?fieldManager=mesh-cli"
	readRequest    = "GET /apis/certificates.k8s.io/v1/certificatesigningrequests/reader"
	approveRequest = "PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/reader/approval?fieldManager=mesh-cli"
)

// signingServer has a signer that signs at once, and a request that is there when it is created again.
func signingServer() map[string]any {
	there := certificatesv1.CertificateSigningRequest{
		ObjectMeta: metav1.ObjectMeta{Name: "reader", ResourceVersion: "7"},
		Spec: certificatesv1.CertificateSigningRequestSpec{
			Request: []byte("csr"), SignerName: certificatesv1.KubeAPIServerClientSignerName}}
	signed := there
	signed.Status.Certificate = []byte("certificate")
	return map[string]any{createRequest: there, approveRequest: there, readRequest: signed}
}

func TestSignClient(t *testing.T) {
	server, config := serve(t, signingServer())
	certificate, err := SignClient(t.Context(), config, "reader", []byte("csr"), map[string]string{"a": "b"}, time.Hour)
	if err != nil || string(certificate) != "certificate" {
		t.Errorf("got %q, %v", certificate, err)
	}
	const kind = `{"kind":"CertificateSigningRequest","apiVersion":"certificates.k8s.io/v1",`
	want := []string{
		createRequest + " " + kind + `"metadata":{"name":"reader","labels":{"a":"b"}},"spec":{"request":"Y3Ny",` +
			`"signerName":"kubernetes.io/kube-apiserver-client","expirationSeconds":3600,"usages":["client auth"]},` +
			`"status":{}}`,
		approveRequest + " " + kind + `"metadata":{"name":"reader","resourceVersion":"7"},"spec":{"request":"Y3Ny",` +
			`"signerName":"kubernetes.io/kube-apiserver-client"},` +
			`"status":{"conditions":[{"type":"Approved","status":"True","reason":"MeshReader",` +
			`"message":"approved with kubectl mesh, after the fingerprint was compared",` +
			`"lastUpdateTime":null,"lastTransitionTime":null}]}}`,
		readRequest,
	}
	if diff := cmp.Diff(want, server.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestSignClientAgain is a run after one that was interrupted: the request is there already.
func TestSignClientAgain(t *testing.T) {
	there := func(conditions ...certificatesv1.CertificateSigningRequestCondition) certificatesv1.CertificateSigningRequest {
		request := signingServer()[readRequest].(certificatesv1.CertificateSigningRequest)
		request.Status.Conditions = conditions
		return request
	}
	approved := certificatesv1.CertificateSigningRequestCondition{Type: certificatesv1.CertificateApproved}
	denied := certificatesv1.CertificateSigningRequestCondition{Type: certificatesv1.CertificateDenied, Message: "not today"}
	for name, test := range map[string]struct {
		there         certificatesv1.CertificateSigningRequest
		request, want string
	}{
		"approved": {there(approved), "csr", "certificate, <nil>"},
		"denied": {there(approved, denied), "csr",
			", wait for the certificate of signing request reader: it is Denied: not today"},
		"for another request": {there(approved), "other",
			", create signing request reader: one of this name exists for another request"},
	} {
		exists := refusal(http.StatusConflict, metav1.StatusReasonAlreadyExists)
		_, config := serve(t, map[string]any{createRequest: exists, readRequest: test.there})
		certificate, err := SignClient(t.Context(), config, "reader", []byte(test.request), nil, time.Hour)
		if got := fmt.Sprintf("%s, %v", certificate, err); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestSignClientNotApproved(t *testing.T) {
	answers := signingServer()
	answers[approveRequest] = refusal(http.StatusForbidden, metav1.StatusReasonForbidden)
	_, config := serve(t, answers)
	_, err := SignClient(t.Context(), config, "reader", []byte("csr"), nil, time.Hour)
	if !errors.Is(err, ErrNotApproved) {
		t.Errorf("got %v", err)
	}
}
