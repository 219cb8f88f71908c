package apigroup_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apigroup"
)

// serve answers every request with a status and a text, and returns what was asked.
func serve(t *testing.T, status int, answer string) (*rest.Config, *[]string) {
	t.Helper()
	asked := &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*asked = append(*asked, fmt.Sprintf("%s %s as %s: %s", r.Method, r.URL, r.Header.Get("Impersonate-User"), body))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL, Impersonate: rest.ImpersonationConfig{UserName: "jane"}}, asked
}

func open(t *testing.T, config *rest.Config, group schema.GroupVersion, kinds ...apigroup.Kinds) *apigroup.Client {
	t.Helper()
	transport, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	client, err := apigroup.Open(config, transport, group, kinds...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestList(t *testing.T) {
	config, asked := serve(t, http.StatusOK,
		`{"kind":"DeploymentList","apiVersion":"apps/v1","items":[{"metadata":{"name":"istiod"}}]}`)
	apps := open(t, config, appsv1.SchemeGroupVersion, appsv1.AddToScheme)
	var list appsv1.DeploymentList
	options := &metav1.ListOptions{LabelSelector: "app=istiod", Limit: 5}
	err := apps.Get().Namespace("n").Resource("deployments").VersionedParams(options, apps.Parameters).
		Do(t.Context()).Into(&list)
	if err != nil || len(list.Items) != 1 || list.Items[0].Name != "istiod" {
		t.Errorf("got %+v, %v", list.Items, err)
	}
	want := []string{"GET /apis/apps/v1/namespaces/n/deployments?labelSelector=app%3Distiod&limit=5 as jane: "}
	if diff := cmp.Diff(want, *asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestCreateOfAnotherGroup: a subresource may take a kind of another group.
func TestCreateOfAnotherGroup(t *testing.T) {
	config, asked := serve(t, http.StatusCreated,
		`{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","status":{"token":"hush"}}`)
	core := open(t, config, corev1.SchemeGroupVersion, corev1.AddToScheme, authenticationv1.AddToScheme)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: []string{"x"}}}
	var granted authenticationv1.TokenRequest
	err := core.Post().Namespace("n").Resource("serviceaccounts").Name("a").SubResource("token").Body(request).
		Do(t.Context()).Into(&granted)
	if err != nil || granted.Status.Token != "hush" {
		t.Errorf("got %+v, %v", granted.Status, err)
	}
	want := []string{"POST /api/v1/namespaces/n/serviceaccounts/a/token as jane: " +
		`{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","metadata":{},` +
		`"spec":{"audiences":["x"],"expirationSeconds":null,"boundObjectRef":null},` +
		`"status":{"token":"","expirationTimestamp":null}}` + "\n"}
	if diff := cmp.Diff(want, *asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestErrorsAreTheServers(t *testing.T) {
	config, _ := serve(t, http.StatusNotFound,
		`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"no such secret"}`)
	core := open(t, config, corev1.SchemeGroupVersion, corev1.AddToScheme)
	err := core.Get().Namespace("n").Resource("secrets").Name("s").Do(t.Context()).Into(&corev1.Secret{})
	if !apierrors.IsNotFound(err) || err.Error() != "no such secret" {
		t.Errorf("got %v", err)
	}
}

func TestOpenFails(t *testing.T) {
	refuse := func(*runtime.Scheme) error { return errors.New("twice") }
	for name, test := range map[string]struct {
		host, want string
		kinds      apigroup.Kinds
	}{
		"kinds":   {"https://east.example", "register kinds of apps/v1: twice", refuse},
		"address": {"east:1:2", `open API group apps/v1: parse "http://east:1:2": invalid port ":1:2" after host`, appsv1.AddToScheme},
	} {
		_, err := apigroup.Open(&rest.Config{Host: test.host}, http.DefaultClient, appsv1.SchemeGroupVersion, test.kinds)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}
