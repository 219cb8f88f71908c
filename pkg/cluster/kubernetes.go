package cluster

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apigroup"
)

// kubernetes makes the requests for Kubernetes' own kinds, one method each. Errors are client-go's, unwrapped.
type kubernetes struct {
	core, apps, authentication, authorization *apigroup.Client
}

// openKubernetes creates a client; it does not connect yet.
func openKubernetes(config *rest.Config) (kubernetes, error) {
	transport, err := rest.HTTPClientFor(config)
	if err != nil {
		return kubernetes{}, err
	}
	return openKubernetesWith(config, transport)
}

// openKubernetesWith uses a shared transport.
func openKubernetesWith(config *rest.Config, transport *http.Client) (kube kubernetes, err error) {
	open := func(group schema.GroupVersion, kinds apigroup.Kinds) *apigroup.Client {
		client, failed := apigroup.Open(config, transport, group, kinds)
		err = cmp.Or(err, failed) // what is wrong with a configuration is wrong for every group
		return client
	}
	kube = kubernetes{
		core:           open(corev1.SchemeGroupVersion, corev1.AddToScheme),
		apps:           open(appsv1.SchemeGroupVersion, appsv1.AddToScheme),
		authentication: open(authenticationv1.SchemeGroupVersion, authenticationv1.AddToScheme),
		authorization:  open(authorizationv1.SchemeGroupVersion, authorizationv1.AddToScheme),
	}
	return kube, err
}

func (k kubernetes) namespace(ctx context.Context, name string) (*corev1.Namespace, error) {
	namespace := &corev1.Namespace{}
	return namespace, k.core.Get().Resource("namespaces").Name(name).Do(ctx).Into(namespace)
}

func (k kubernetes) configMap(ctx context.Context, namespace, name string) (*corev1.ConfigMap, error) {
	config := &corev1.ConfigMap{}
	return config, k.core.Get().Namespace(namespace).Resource("configmaps").Name(name).Do(ctx).Into(config)
}

func (k kubernetes) secret(ctx context.Context, namespace, name string) (*corev1.Secret, error) {
	secret := &corev1.Secret{}
	return secret, k.core.Get().Namespace(namespace).Resource("secrets").Name(name).Do(ctx).Into(secret)
}

func (k kubernetes) secrets(
	ctx context.Context, namespace string, options metav1.ListOptions,
) (*corev1.SecretList, error) {
	list := &corev1.SecretList{}
	return list, listOf(k.core, options).Namespace(namespace).Resource("secrets").Do(ctx).Into(list)
}

func (k kubernetes) services(ctx context.Context, options metav1.ListOptions) (*corev1.ServiceList, error) {
	list := &corev1.ServiceList{}
	return list, listOf(k.core, options).Resource("services").Do(ctx).Into(list)
}

func (k kubernetes) nodes(ctx context.Context, options metav1.ListOptions) (*corev1.NodeList, error) {
	list := &corev1.NodeList{}
	return list, listOf(k.core, options).Resource("nodes").Do(ctx).Into(list)
}

func (k kubernetes) pods(ctx context.Context, namespace string, options metav1.ListOptions) (*corev1.PodList, error) {
	list := &corev1.PodList{}
	return list, listOf(k.core, options).Namespace(namespace).Resource("pods").Do(ctx).Into(list)
}

func (k kubernetes) deployments(ctx context.Context, namespace string) (*appsv1.DeploymentList, error) {
	list := &appsv1.DeploymentList{}
	return list, listOf(k.apps, metav1.ListOptions{}).Namespace(namespace).Resource("deployments").Do(ctx).Into(list)
}

// review asks the API server who the caller is.
func (k kubernetes) review(ctx context.Context) (*authenticationv1.SelfSubjectReview, error) {
	answer := &authenticationv1.SelfSubjectReview{}
	question := &authenticationv1.SelfSubjectReview{}
	return answer, k.authentication.Post().Resource("selfsubjectreviews").Body(question).Do(ctx).Into(answer)
}

// accessReview asks the API server whether the caller may do something.
func (k kubernetes) accessReview(
	ctx context.Context, spec authorizationv1.SelfSubjectAccessReviewSpec,
) (*authorizationv1.SelfSubjectAccessReview, error) {
	answer := &authorizationv1.SelfSubjectAccessReview{}
	question := &authorizationv1.SelfSubjectAccessReview{Spec: spec}
	return answer, k.authorization.Post().Resource("selfsubjectaccessreviews").Body(question).Do(ctx).Into(answer)
}

// maxRaw bounds a response that is not an object, in bytes: an API server's documents take a few thousand.
const maxRaw = 1 << 20

// raw reads a path that is not an object.
func (k kubernetes) raw(ctx context.Context, path string) ([]byte, error) {
	body, err := k.core.Get().AbsPath(path).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxRaw+1))
	if err == nil && len(text) > maxRaw {
		err = fmt.Errorf("the response to %s is larger than %d MiB", path, maxRaw>>20)
	}
	return text, err
}

// listOf starts a list request, in Protobuf if the API server supports it, like client-go's typed clients do.
func listOf(group *apigroup.Client, options metav1.ListOptions) *rest.Request {
	return group.Get().UseProtobufAsDefault().VersionedParams(&options, group.Parameters)
}
