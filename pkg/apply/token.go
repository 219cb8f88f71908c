package apply

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// RequestToken has the API server issue a token for a service account. The server may grant
// less than the duration without a word: expiry is what it granted, and the caller judges it.
// Nothing but its expiry, or the end of the account, ends such a token.
func RequestToken(ctx context.Context, config *rest.Config, namespace, account string, duration time.Duration) (kubeconfig.Token, time.Time, error) {
	token, expiry, err := requestToken(ctx, config, namespace, account, duration)
	if err != nil {
		return kubeconfig.Token{}, time.Time{}, fmt.Errorf("request token of account %s/%s: %w", namespace, account, err)
	}
	return token, expiry, nil
}

func requestToken(ctx context.Context, config *rest.Config, namespace, account string, duration time.Duration) (kubeconfig.Token, time.Time, error) {
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return kubeconfig.Token{}, time.Time{}, err
	}
	seconds := int64(duration / time.Second)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	granted, err := kube.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, account, request, metav1.CreateOptions{})
	if err != nil {
		return kubeconfig.Token{}, time.Time{}, err
	}
	token, err := kubeconfig.ParseToken([]byte(granted.Status.Token))
	return token, granted.Status.ExpirationTimestamp.Time, err
}
