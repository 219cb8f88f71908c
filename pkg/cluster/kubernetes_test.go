package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// TestRequests is what each typed request sends, and that it returns what the API server answers.
func TestRequests(t *testing.T) {
	found := metav1.ObjectMeta{Name: "found"}
	page := metav1.ListOptions{LabelSelector: "a=b", Limit: 2, Continue: "c"}
	const query = "?continue=c&labelSelector=a%3Db&limit=2"
	const question = `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},` +
		`"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}},"status":{"allowed":false}}`
	type send func(context.Context, kubernetes) (any, error)
	for at, test := range map[string]struct {
		answer any
		body   string
		send   send
	}{
		"GET /api/v1/namespaces/x": {&corev1.Namespace{ObjectMeta: found}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.namespace(ctx, "x") }},
		"GET /api/v1/namespaces/n/configmaps/x": {&corev1.ConfigMap{ObjectMeta: found}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.configMap(ctx, "n", "x") }},
		"GET /api/v1/namespaces/n/secrets/x": {&corev1.Secret{ObjectMeta: found}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.secret(ctx, "n", "x") }},
		"GET /api/v1/namespaces/n/secrets" + query: {&corev1.SecretList{Items: []corev1.Secret{{ObjectMeta: found}}}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.secrets(ctx, "n", page) }},
		"GET /api/v1/services" + query: {&corev1.ServiceList{Items: []corev1.Service{{ObjectMeta: found}}}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.services(ctx, page) }},
		"GET /api/v1/nodes" + query: {&corev1.NodeList{Items: []corev1.Node{{ObjectMeta: found}}}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.nodes(ctx, page) }},
		"GET /api/v1/namespaces/n/pods" + query: {&corev1.PodList{Items: []corev1.Pod{{ObjectMeta: found}}}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.pods(ctx, "n", page) }},
		"GET /apis/apps/v1/namespaces/n/deployments": {
			&appsv1.DeploymentList{Items: []appsv1.Deployment{{ObjectMeta: found}}}, "",
			func(ctx context.Context, k kubernetes) (any, error) { return k.deployments(ctx, "n") }},
		"POST /apis/authentication.k8s.io/v1/selfsubjectreviews": {
			&authenticationv1.SelfSubjectReview{ObjectMeta: found},
			`{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1","metadata":{},"status":{"userInfo":{}}}`,
			func(ctx context.Context, k kubernetes) (any, error) { return k.review(ctx) }},
		"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": {
			&authorizationv1.SelfSubjectAccessReview{ObjectMeta: found}, question,
			func(ctx context.Context, k kubernetes) (any, error) {
				return k.accessReview(ctx, authorizationv1.SelfSubjectAccessReviewSpec{
					ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "get", Resource: "pods"}})
			}},
		"GET /version": {json.RawMessage(`{"major":"1"}`), "",
			func(ctx context.Context, k kubernetes) (any, error) {
				text, err := k.raw(ctx, "/version")
				return json.RawMessage(bytes.TrimSpace(text)), err
			}},
	} {
		t.Run(at, func(t *testing.T) {
			server, config := serve(t, map[string]any{at: test.answer})
			kube, err := openKubernetes(config)
			if err != nil {
				t.Fatal(err)
			}
			got, err := test.send(t.Context(), kube)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(test.answer, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{strings.TrimSpace(at + " " + test.body)}, server.asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRequestRefused(t *testing.T) {
	_, config := serve(t, nil)
	kube, err := openKubernetes(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kube.secret(t.Context(), "n", "x"); !apierrors.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

// TestOpenRefused: a configuration that cannot be used is one problem, and not one for each API group.
func TestOpenRefused(t *testing.T) {
	_, err := Open(&rest.Config{Host: "east:1:2"})
	if want := `open cluster: open API group v1: parse "http://east:1:2": invalid port ":1:2" after host`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
