package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
)

// signTime bounds the wait for the signer, which takes a second.
const signTime = 30 * time.Second

// ErrNotApproved reports that the request waits for an approver.
var ErrNotApproved = errors.New("the request was created, but not approved")

// SignClient has a cluster sign a request for a client certificate, and returns the certificate as PEM. It continues
// the request of an earlier run. The server may grant a shorter duration; callers check the certificate.
func SignClient(
	ctx context.Context, config *rest.Config,
	name string, request []byte, labels map[string]string, duration time.Duration,
) ([]byte, error) {
	requests, err := openSigningRequests(config)
	if err != nil {
		return nil, fmt.Errorf("sign client certificate: %w", err)
	}
	seconds := int32(min(duration/time.Second, math.MaxInt32)) //nolint:gosec // bounded by min
	made, err := requests.createOrGet(ctx, &certificatesv1.CertificateSigningRequest{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: certificatesv1.CertificateSigningRequestSpec{
			Request:           request,
			SignerName:        certificatesv1.KubeAPIServerClientSignerName,
			ExpirationSeconds: &seconds,
			Usages:            []certificatesv1.KeyUsage{certificatesv1.UsageClientAuth},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("create signing request %s: %w", name, err)
	}
	if !isApproved(made) {
		err = requests.approve(ctx, made)
	}
	if err != nil {
		return nil, err
	}
	return awaitCertificate(ctx, requests, name)
}

// createOrGet returns the request as the API server has it. An earlier run may have created it without being able to
// approve it, or before it was interrupted.
func (s signingRequests) createOrGet(
	ctx context.Context, wanted *certificatesv1.CertificateSigningRequest,
) (*certificatesv1.CertificateSigningRequest, error) {
	made, err := s.create(ctx, wanted)
	if !apierrors.IsAlreadyExists(err) {
		return made, err
	}
	made, err = s.get(ctx, wanted.Name)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(made.Spec.Request, wanted.Spec.Request) || made.Spec.SignerName != wanted.Spec.SignerName {
		return nil, errors.New("one of this name exists for another request")
	}
	return made, nil
}

// approve approves a request. The caller has compared it with the original.
func (s signingRequests) approve(ctx context.Context, made *certificatesv1.CertificateSigningRequest) error {
	made.Status.Conditions = append(made.Status.Conditions, certificatesv1.CertificateSigningRequestCondition{
		Type: certificatesv1.CertificateApproved, Status: corev1.ConditionTrue, Reason: "MeshReader",
		Message: "approved with kubectl mesh, after the fingerprint was compared"})
	err := s.updateApproval(ctx, made)
	if apierrors.IsForbidden(err) {
		return fmt.Errorf("%w: %w", ErrNotApproved, err)
	}
	if err != nil {
		return fmt.Errorf("approve signing request %s: %w", made.Name, err)
	}
	return nil
}

func isApproved(request *certificatesv1.CertificateSigningRequest) bool {
	return slices.ContainsFunc(request.Status.Conditions, func(c certificatesv1.CertificateSigningRequestCondition) bool {
		return c.Type == certificatesv1.CertificateApproved
	})
}

func awaitCertificate(ctx context.Context, requests signingRequests, name string) (certificate []byte, err error) {
	err = wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, signTime, true, func(ctx context.Context) (bool, error) {
		request, err := requests.get(ctx, name)
		if err != nil {
			return false, err
		}
		for _, condition := range request.Status.Conditions {
			if condition.Type == certificatesv1.CertificateDenied || condition.Type == certificatesv1.CertificateFailed {
				return false, fmt.Errorf("it is %s: %s", condition.Type, condition.Message)
			}
		}
		certificate = request.Status.Certificate
		return len(certificate) > 0, nil
	})
	if err != nil {
		return nil, fmt.Errorf("wait for the certificate of signing request %s: %w", name, err)
	}
	return certificate, nil
}
