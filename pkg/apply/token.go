package apply

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// TokenRequest describes the requested token.
type TokenRequest struct {
	Namespace, Account string
	// Secret that the token is bound to (KEP-1205).
	Secret   string
	Duration time.Duration
}

// RequestToken has the API server issue a token for a service account. The server may silently grant less than the
// requested duration: expiry is what it granted, and callers check it.
func RequestToken(ctx context.Context, config *rest.Config, ask TokenRequest) (kubeconfig.Token, time.Time, error) {
	token, expiry, err := requestToken(ctx, config, ask)
	if err != nil {
		return kubeconfig.Token{}, time.Time{}, fmt.Errorf("request token of account %s/%s: %w",
			ask.Namespace, ask.Account, err)
	}
	return token, expiry, nil
}

func requestToken(ctx context.Context, config *rest.Config, ask TokenRequest) (kubeconfig.Token, time.Time, error) {
	accounts, err := openGroup(config, corev1.SchemeGroupVersion, corev1.AddToScheme, authenticationv1.AddToScheme)
	if err != nil {
		return kubeconfig.Token{}, time.Time{}, err
	}
	seconds := int64(ask.Duration / time.Second)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Secret", Name: ask.Secret}}}
	granted := &authenticationv1.TokenRequest{}
	err = accounts.Post().Namespace(ask.Namespace).Resource("serviceaccounts").Name(ask.Account).SubResource("token").
		Body(request).Do(ctx).Into(granted)
	if err != nil {
		return kubeconfig.Token{}, time.Time{}, err
	}
	token, err := kubeconfig.ParseToken([]byte(granted.Status.Token))
	return token, granted.Status.ExpirationTimestamp.Time, err
}
