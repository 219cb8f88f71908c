package apply

import (
	"context"

	certificatesv1 "k8s.io/api/certificates/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apigroup"
)

// signingRequests accesses a cluster's CertificateSigningRequests. It returns client-go's errors unwrapped.
type signingRequests struct{ group *apigroup.Client }

func openSigningRequests(config *rest.Config) (signingRequests, error) {
	group, err := openGroup(config, certificatesv1.SchemeGroupVersion, certificatesv1.AddToScheme)
	return signingRequests{group: group}, err
}

func (s signingRequests) create(
	ctx context.Context, request *certificatesv1.CertificateSigningRequest,
) (*certificatesv1.CertificateSigningRequest, error) {
	created := &certificatesv1.CertificateSigningRequest{}
	options := &metav1.CreateOptions{FieldManager: FieldManager}
	return created, s.group.Post().Resource("certificatesigningrequests").
		VersionedParams(options, s.group.Parameters).Body(request).Do(ctx).Into(created)
}

func (s signingRequests) get(ctx context.Context, name string) (*certificatesv1.CertificateSigningRequest, error) {
	request := &certificatesv1.CertificateSigningRequest{}
	return request, s.group.Get().Resource("certificatesigningrequests").Name(name).Do(ctx).Into(request)
}

// updateApproval writes a request's conditions, which only the approval subresource accepts.
func (s signingRequests) updateApproval(ctx context.Context, request *certificatesv1.CertificateSigningRequest) error {
	options := &metav1.UpdateOptions{FieldManager: FieldManager}
	return s.group.Put().Resource("certificatesigningrequests").Name(request.Name).SubResource("approval").
		VersionedParams(options, s.group.Parameters).Body(request).Do(ctx).Error()
}
