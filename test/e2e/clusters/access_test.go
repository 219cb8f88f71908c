package clusters_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

func testRBAC(t *testing.T, c *clusters.Cluster) {
	account := createAccount(t, c, "nobody")
	user := client(t, withToken(c, requestToken(t, c, account)))
	_, err := user.CoreV1().Secrets("kube-system").List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("list Secrets without a role: got %v, want Forbidden", err)
	}
}

func testForeignToken(t *testing.T, home, abroad *clusters.Cluster) {
	token := requestToken(t, home, createAccount(t, home, "traveller"))
	createAccount(t, abroad, "traveller")
	_, err := client(t, withToken(abroad, token)).CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsUnauthorized(err) {
		t.Errorf("list Namespaces with a token of %s: got %v, want Unauthorized", home.Name, err)
	}
}

// testKubeconfig reaches each cluster through one kubeconfig with a context for each.
func testKubeconfig(t *testing.T, all []*clusters.Cluster) {
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
	}
	for _, c := range all {
		rules := clientcmd.NewNonInteractiveClientConfig(*config, "admin@"+c.Name, nil, nil)
		fromMany, err := rules.ClientConfig()
		if err != nil {
			t.Fatalf("read the context of %s: %v", c.Name, err)
		}
		if fromMany.Host != c.Server {
			t.Errorf("server of context admin@%s: got %s, want %s", c.Name, fromMany.Host, c.Server)
		}
		fromFile, err := clientcmd.BuildConfigFromFlags("", c.WriteKubeconfig(t, "only"))
		if err != nil {
			t.Fatalf("read the kubeconfig of %s: %v", c.Name, err)
		}
		for _, config := range []*rest.Config{fromMany, fromFile} {
			if _, err := client(t, config).CoreV1().Secrets("").List(t.Context(), metav1.ListOptions{}); err != nil {
				t.Errorf("list the Secrets of %s: %v", c.Name, err)
			}
		}
	}
}

func createAccount(t *testing.T, c *clusters.Cluster, name string) *corev1.ServiceAccount {
	t.Helper()
	accounts := client(t, c.Config()).CoreV1().ServiceAccounts(metav1.NamespaceDefault)
	object := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}
	account, err := accounts.Create(t.Context(), object, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create the service account %s in %s: %v", name, c.Name, err)
	}
	return account
}

func requestToken(t *testing.T, c *clusters.Cluster, account *corev1.ServiceAccount) string {
	t.Helper()
	accounts := client(t, c.Config()).CoreV1().ServiceAccounts(account.Namespace)
	request := &authenticationv1.TokenRequest{}
	answer, err := accounts.CreateToken(t.Context(), account.Name, request, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("request a token for %s in %s: %v", account.Name, c.Name, err)
	}
	return answer.Status.Token
}

func withToken(c *clusters.Cluster, token string) *rest.Config {
	config := rest.AnonymousClientConfig(c.Config())
	config.BearerToken = token
	return config
}
