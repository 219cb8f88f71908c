package e2e

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

const (
	tokenOfWest  = "credentials/east/west/token" // with which west reads east
	readerOfWest = "mesh-reader-west"
)

// TestCollectTokens fetches the tokens with which two clusters read each other; the tests build on each other.
func TestCollectTokens(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	t.Run("say how to get readers", func(t *testing.T) { testNoReaders(t, w, all) })
	t.Run("are kept in private", func(t *testing.T) { testTokens(t, w, all) })
	t.Run("are left alone when current", func(t *testing.T) { testSameTokens(t, w) })
	t.Run("make a mesh that renders", func(t *testing.T) { w.mustRun(t, "render", "--cluster", "west") })
	t.Run("are replaced when revoked", func(t *testing.T) { testRevokedToken(t, w, all[0]) })
	t.Run("are replaced when others can read them", func(t *testing.T) { testOpenToken(t, w) })
	t.Run("are fetched by name", func(t *testing.T) { testOneTarget(t, w) })
	t.Run("must be of the reader", func(t *testing.T) { testForeignToken(t, w, all[0]) })
	t.Run("are shared by all with one account", func(t *testing.T) { testSharedAccount(t, all) })
	t.Run("may not be there yet", func(t *testing.T) { testPendingToken(t, w, all[0]) })
	t.Run("are waited for", func(t *testing.T) { testLateToken(t, w, all[0]) })
	t.Run("are requested", func(t *testing.T) { testRequest(t, w, all[0]) })
	t.Run("are not accepted when short-lived", func(t *testing.T) { testShortLife(t, w, all[0]) })
}

func testNoReaders(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.run(t, "collect")
	got.wantCode(t, 1)
	got.wantSaid(t, "east: facts written", "west: facts written",
		`error: east: west has no token to read east: read token secret: secrets "mesh-reader-west-token-1" not found`,
		"hint: apply the reader accounts to east: kubectl mesh render --cluster east --secrets=skip | kubectl --context=admin@east apply --server-side --field-manager=mesh-cli -f -",
		`error: west: east has no token to read west: read token secret: secrets "mesh-reader-east-token-1" not found`)
	w.missing(t, "credentials")
	for _, c := range all {
		w.sendReaders(t, c)
	}
}

func testTokens(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.mustRun(t, "collect")
	got.wantSaid(t, "east: 1 token written", "west: 1 token written")
	if got := strings.TrimSpace(w.read(t, tokenOfWest)); got != secretToken(t, all[0]) {
		t.Errorf("%s is not the token of the Secret", tokenOfWest)
	}
	for name, want := range map[string]string{
		"credentials": "drwx------", "credentials/.gitignore": "-rw-------", "credentials/east": "drwx------",
		"credentials/east/west": "drwx------", tokenOfWest: "-rw-------", "credentials/west/east/token": "-rw-------",
	} {
		if info, err := os.Stat(w.path(name)); err != nil || info.Mode().String() != want {
			t.Errorf("%s: got %v, %v, want mode %s", name, info.Mode(), err, want)
		}
	}
	if got := userOf(t, all[0], w.read(t, tokenOfWest)); got != "system:serviceaccount:istio-system:"+readerOfWest {
		t.Errorf("east takes the token for %s", got)
	}
	if strings.Contains(got.stderr+got.stdout, "eyJ") {
		t.Errorf("a token was printed:\n%s", got.stderr)
	}
}

// secretToken is the token that the API server has filled in.
func secretToken(t *testing.T, c *clusters.Cluster) string {
	t.Helper()
	secret, err := client(t, c).CoreV1().Secrets(istioNamespace).Get(t.Context(), readerOfWest+"-token-1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return string(secret.Data[corev1.ServiceAccountTokenKey])
}

// userOf asks a cluster whose token this is.
func userOf(t *testing.T, c *clusters.Cluster, token string) string {
	t.Helper()
	config := rest.AnonymousClientConfig(c.Config())
	config.BearerToken = strings.TrimSpace(token)
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	review, err := kube.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return review.Status.UserInfo.Username
}

func tokenInfo(t *testing.T, w workspace) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(w.path(tokenOfWest))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func testSameTokens(t *testing.T, w workspace) {
	before := tokenInfo(t, w)
	got := w.mustRun(t, "collect")
	got.wantSaid(t, "east: unchanged", "west: unchanged")
	if after := tokenInfo(t, w); !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("%s was written again", tokenOfWest)
	}
}

func testRevokedToken(t *testing.T, w workspace, east *clusters.Cluster) {
	old := w.read(t, tokenOfWest)
	secrets := client(t, east).CoreV1().Secrets(istioNamespace)
	if err := secrets.Delete(t.Context(), readerOfWest+"-token-1", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	got := w.run(t, "collect", "--cluster=east")
	got.wantCode(t, 1)
	got.wantSaid(t, "hint: apply the reader accounts to east: kubectl mesh render --cluster east --secrets=skip | ")
	if w.read(t, tokenOfWest) != old {
		t.Error("the old token is gone although there is no new one")
	}
	w.sendReaders(t, east)
	w.mustRun(t, "collect", "--cluster=east").wantSaid(t, "east: 1 token written")
	if now := w.read(t, tokenOfWest); now == old || strings.TrimSpace(now) != secretToken(t, east) {
		t.Error("the token is not the new one")
	}
}

func testOpenToken(t *testing.T, w workspace) {
	if err := os.Chmod(w.path(tokenOfWest), 0o644); err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, "collect", "--cluster=east").wantSaid(t, "east: 1 token written")
	if mode := tokenInfo(t, w).Mode().Perm(); mode != 0o600 {
		t.Errorf("mode of %s: got %o, want 600", tokenOfWest, mode)
	}
}

// testOneTarget: what a cluster is read with is fetched from it, whoever reads it.
func testOneTarget(t *testing.T, w workspace) {
	for _, name := range []string{tokenOfWest, "credentials/west/east/token"} {
		if err := os.Remove(w.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	w.mustRun(t, "collect", "--cluster=east", "--token=skip").wantSaid(t, "east: unchanged")
	w.missing(t, tokenOfWest)
	w.mustRun(t, "collect", "--cluster=east").wantSaid(t, "east: 1 token written")
	tokenInfo(t, w)
	w.missing(t, "credentials/west/east/token")
	w.mustRun(t, "collect", "--cluster", "west,east").wantSaid(t, "west: 1 token written", "east: unchanged")
}

// remakeSecret has a token Secret of the reader's name made for an account, and waits for its token when it gets one.
func remakeSecret(t *testing.T, c *clusters.Cluster, account string, filled bool) {
	t.Helper()
	secrets := client(t, c).CoreV1().Secrets(istioNamespace)
	if err := secrets.Delete(t.Context(), readerOfWest+"-token-1", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	object := &corev1.Secret{Type: corev1.SecretTypeServiceAccountToken, ObjectMeta: metav1.ObjectMeta{
		Name: readerOfWest + "-token-1", Annotations: map[string]string{corev1.ServiceAccountNameKey: account}}}
	must(t)(secrets.Create(t.Context(), object, metav1.CreateOptions{}))
	if !filled {
		return
	}
	eventually(t, "the token is there", func(context.Context) bool { return secretToken(t, c) != "" })
}

func testForeignToken(t *testing.T, w workspace, east *clusters.Cluster) {
	old := w.read(t, tokenOfWest)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "intruder"}}
	must(t)(client(t, east).CoreV1().ServiceAccounts(istioNamespace).Create(t.Context(), account, metav1.CreateOptions{}))
	remakeSecret(t, east, account.Name, true)
	got := w.run(t, "collect", "--cluster=east")
	got.wantCode(t, 1)
	got.wantSaid(t, `error: east: the token of west for east belongs to "system:serviceaccount:istio-system:intruder", `+
		`not to "system:serviceaccount:istio-system:mesh-reader-west"`)
	if w.read(t, tokenOfWest) != old {
		t.Error("the token of another account was kept")
	}
}

// testSharedAccount has two control planes read east with one account.
func testSharedAccount(t *testing.T, all []*clusters.Cluster) {
	peer := ", api: {server: 'https://203.0.113.1'}}"
	w := newWorkspace(t, all, "- {name: east, context: admin@east, reader: {serviceAccount: all-readers}}",
		"- {name: west"+peer, "- {name: north"+strings.Replace(peer, "113.1", "113.2", 1))
	w.mustRun(t, "collect", "--token=skip")
	w.sendReaders(t, all[0])
	w.mustRun(t, "collect").wantSaid(t, "east: 2 tokens written")
	token := w.read(t, tokenOfWest)
	if got := userOf(t, all[0], token); got != "system:serviceaccount:istio-system:all-readers" {
		t.Errorf("the token is of %s", got)
	}
	if w.read(t, "credentials/east/north/token") != token {
		t.Error("the two readers have different tokens")
	}
}
