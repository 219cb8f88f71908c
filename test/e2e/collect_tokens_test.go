package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
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
	t.Run("may not be there yet", func(t *testing.T) { testPendingToken(t, w, all[0]) })
	t.Run("are waited for", func(t *testing.T) { testLateToken(t, w, all[0]) })
	t.Run("are requested", func(t *testing.T) { testRequest(t, w, all[0]) })
	t.Run("are not accepted when short-lived", func(t *testing.T) { testShortLife(t, w, all[0]) })
}

func testNoReaders(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.run(t, "collect")
	got.wantCode(t, 1)
	got.wantSaid(t, "east: facts written", "west: facts written",
		`error: east: west has no token to read east: read token secret: secrets "mesh-reader-west-token" not found`,
		"hint: send east its readers: kubectl mesh render --cluster 'east' --secrets=skip | kubectl --context='admin@east' apply --server-side -f -",
		`error: west: east has no token to read west: read token secret: secrets "mesh-reader-east-token" not found`)
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
	secret, err := client(t, c).CoreV1().Secrets(istioNamespace).Get(t.Context(), readerOfWest+"-token", metav1.GetOptions{})
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
	if err := secrets.Delete(t.Context(), readerOfWest+"-token", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	got := w.run(t, "collect", "--cluster=east")
	got.wantCode(t, 1)
	got.wantSaid(t, "hint: send east its readers: kubectl mesh render --cluster 'east' --secrets=skip | ")
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
	if err := secrets.Delete(t.Context(), readerOfWest+"-token", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	object := &corev1.Secret{Type: corev1.SecretTypeServiceAccountToken, ObjectMeta: metav1.ObjectMeta{
		Name: readerOfWest + "-token", Annotations: map[string]string{corev1.ServiceAccountNameKey: account}}}
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
	got.wantSaid(t, `error: east: the token with which west is to read east is of "system:serviceaccount:istio-system:intruder", `+
		`not of "system:serviceaccount:istio-system:mesh-reader-west"`)
	if w.read(t, tokenOfWest) != old {
		t.Error("the token of another account was kept")
	}
}

// testPendingToken keeps the token controller from filling a Secret.
func testPendingToken(t *testing.T, w workspace, east *clusters.Cluster) {
	old := w.read(t, tokenOfWest)
	applyObjects(t, east, `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-tokens}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [secrets]}]
  validations: [{expression: "!has(object.data) || !('token' in object.data)"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-tokens}
spec: {policyName: no-tokens, validationActions: [Deny]}
`)
	eventually(t, "the policy keeps a Secret empty", func(ctx context.Context) bool {
		remakeSecret(t, east, readerOfWest, false)
		filled := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, time.Second, true, func(context.Context) (bool, error) {
			return secretToken(t, east) != "", nil
		})
		return filled != nil
	})
	got := w.run(t, "collect", "--cluster=east")
	got.wantCode(t, 1)
	got.wantStderr(t,
		"warning: east: Istio: namespace istio-system has no Deployment istiod",
		"warning: east: the roots of trust of Istio: there is no ConfigMap istio-ca-root-cert in namespace istio-system",
		"warning: east: the Gateways of east-west gateways: the cluster has no Gateway API",
		"error: east: west has no token to read east: read token secret istio-system/mesh-reader-west-token: the token is not there yet",
		"hint: see why, and collect again: kubectl --context='admin@east' -n 'istio-system' describe secret 'mesh-reader-west-token'")
	if w.read(t, tokenOfWest) != old {
		t.Error("the old token is gone")
	}
}

// testLateToken has the Secret filled while the program waits.
func testLateToken(t *testing.T, w workspace, east *clusters.Cluster) {
	kube := client(t, east)
	if err := os.Remove(w.path("clusters/east.yaml")); err != nil {
		t.Fatal(err)
	}
	cmd := w.command(t, "collect", "--cluster=east")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the facts are written", func(context.Context) bool { // tokens come after them
		_, err := os.Stat(w.path("clusters/east.yaml"))
		return err == nil
	})
	if err := kube.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Delete(t.Context(), "no-tokens", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	looks := 0
	touch := func(ctx context.Context) (bool, error) {
		looks++ // at each change the token controller looks again, unless there is another one by then
		label := fmt.Appendf(nil, `{"metadata":{"labels":{"looks":"%d"}}}`, looks)
		must(t)(kube.CoreV1().Secrets(istioNamespace).Patch(ctx, readerOfWest+"-token", types.MergePatchType, label, metav1.PatchOptions{}))
		return secretToken(t, east) != "", nil
	}
	if err := wait.PollUntilContextTimeout(t.Context(), 500*time.Millisecond, time.Minute, true, touch); err != nil {
		t.Fatalf("wait for the token: %v", err)
	}
	_ = cmd.Wait() // its exit code follows
	got := outcome{stderr: stderr.String(), code: cmd.ProcessState.ExitCode()}
	got.wantCode(t, 0)
	if strings.TrimSpace(w.read(t, tokenOfWest)) != secretToken(t, east) {
		t.Error("the token is not the one that was filled in")
	}
}

func testRequest(t *testing.T, w workspace, east *clusters.Cluster) {
	old := w.read(t, tokenOfWest)
	got := w.mustRun(t, "collect", "--cluster=east", "--token=request", "--duration=48h")
	got.wantSaid(t, "east: the token of west lives until ", "east: 1 token written")
	_, date, _ := strings.Cut(got.stderr, "lives until ")
	date, _, _ = strings.Cut(date, "\n")
	expiry, err := time.Parse(time.RFC3339, date)
	if left := time.Until(expiry); err != nil || left < 47*time.Hour || left > 49*time.Hour {
		t.Errorf("expiry: got %s, %v, want in 48 hours", date, err)
	}
	now := w.read(t, tokenOfWest)
	if now == old || userOf(t, east, now) != "system:serviceaccount:istio-system:"+readerOfWest {
		t.Errorf("the requested token is not the reader's")
	}
}

func testShortLife(t *testing.T, w workspace, east *clusters.Cluster) {
	east.Stop()
	east.Restart(t, "--service-account-max-token-expiration=2h")
	old := w.read(t, tokenOfWest)
	got := w.run(t, "collect", "--cluster=east", "--token=request")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: east: west has no token to read east: the server grants too little: the token would live for 2h0m0s, which is less than 24h0m0s",
		"hint: accept that with --min-duration, have the server's --service-account-max-token-expiration raised, or use --token=secret")
	if w.read(t, tokenOfWest) != old {
		t.Error("a token was written although it was refused")
	}
	w.mustRun(t, "collect", "--cluster=east", "--token=request", "--min-duration=90m").wantSaid(t, "east: 1 token written")
}
