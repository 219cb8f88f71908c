package e2e

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestRevoke: for each kind of credential the remote kubeconfig of the applied objects reads east with the rights of a
// reader; after revoke it opens nothing, no later run brings it back, and a new generation lets west in again.
func TestRevoke(t *testing.T) {
	t.Run("token", func(t *testing.T) {
		l := newLane(t, "allowNonExpiring: true", nil)
		l.w.mustRun(t, "collect")
		checkReader(t, l.reader)
		l.wantLastUsed(t)
		l.revoke(t, apierrors.IsUnauthorized)
		l.w.missing(t, "credentials/east/west/token")
		wantTokenSecrets(t, l.east)
		l.again(t, func(*testing.T) *kubernetes.Clientset { return secretClient(t, l.west) })
		wantTokenSecrets(t, l.east, "mesh-reader-west-token-2")
	})
	t.Run("token that expires", func(t *testing.T) {
		l := newLane(t, "auth: token", nil)
		l.w.mustRun(t, "collect", "--token=request", "--cluster=east")
		l.w.mustRun(t, "render", "--apply") // takes the one that was asked for
		l.reader = secretClient(t, l.west)
		checkReader(t, l.reader)
		got := l.w.mustRun(t, "credentials", "status", "--live", "-o", "json")
		if !strings.Contains(got.stdout, `"expires": "`) || strings.Contains(got.stdout, "neverExpires") {
			t.Errorf("status does not say when it ends:\n%s", got.stdout)
		}
		l.revoke(t, apierrors.IsUnauthorized)
	})
	t.Run("clientCertificate", func(t *testing.T) {
		l := newLane(t, "auth: clientCertificate", func(w workspace) {
			fingerprint := strings.TrimSpace(w.mustRun(t, "credentials", "request", "--from", "west", "--to", "east").stdout)
			w.mustRun(t, "credentials", "approve", w.path("west-east.csr"), "--from", "west", "--cluster", "east", "--fingerprint", fingerprint)
		})
		l.revoke(t, apierrors.IsForbidden)
		l.w.missing(t, "credentials/east/west/client.key")
		l.again(t, func(*testing.T) *kubernetes.Clientset { return secretClient(t, l.west) })
	})
	t.Run("watch that is open", revokeWatched)
	t.Run("federated", revokeFederated)
	t.Run("external", revokeExternal)
}

// wantLastUsed: the API server notes the day, a moment after the first use.
func (l *lane) wantLastUsed(t *testing.T) {
	t.Helper()
	day := regexp.MustCompile(`west-east +token +system:serviceaccount:istio-system:mesh-reader-west +1 +ok +\d{4}-\d\d-\d\d +never +\d{4}-\d\d-\d\d\n`)
	eventually(t, "the last use is known", func(context.Context) bool {
		return day.MatchString(l.w.mustRun(t, "credentials", "status", "--live").stdout)
	})
	if got := l.w.mustRun(t, "credentials", "status"); day.MatchString(got.stdout) {
		t.Errorf("status asked a cluster:\n%s", got.stdout)
	}
}

// lane is west reading east with one kind of credential.
type lane struct {
	w          workspace
	east, west *clusters.Cluster
	reader     *kubernetes.Clientset // with the credential that is to be revoked
}

func newLane(t *testing.T, reader string, before func(workspace)) *lane {
	t.Helper()
	all := clusters.Start(t, "east", "west")
	l := &lane{w: newWorkspace(t, all), east: all[0], west: all[1]}
	l.w.write(t, "mesh.yaml", westReadsEast(reader))
	l.w.mustRun(t, "collect", "--token=skip")
	if before != nil {
		before(l.w)
	}
	l.w.mustRun(t, "render", "--apply")
	l.reader = secretClient(t, l.west)
	return l
}

// revoke lists, does, and looks whether anything brings it back.
func (l *lane) revoke(t *testing.T, ended func(error) bool) {
	t.Helper()
	checkReader(t, l.reader)
	listed := l.w.mustRun(t, "credentials", "revoke", "--link=west-east")
	if !strings.Contains(listed.stdout, "LINK") || !strings.Contains(listed.stdout, "mesh-reader-west") {
		t.Errorf("the list:\n%s", listed.stdout)
	}
	checkReader(t, l.reader) // a list ends nothing
	l.w.mustRun(t, "credentials", "revoke", "--link=west-east", "--apply").wantSaid(t, "west no longer reads east: generation 1 is revoked\n", "west-east is revoked\n")
	wantEnded(t, l.reader, ended)
	if _, err := client(t, l.west).CoreV1().Secrets(istioNamespace).Get(t.Context(), "istio-remote-secret-east", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the remote secret: got %v, want not found", err)
	}
	l.w.mustRun(t, "render", "--apply", "--prune")
	l.w.mustRun(t, "render", "--output-dir", "deploy")
	wantEnded(t, l.reader, ended)
	status := l.w.mustRun(t, "credentials", "status")
	if !strings.Contains(status.stdout, " revoked ") {
		t.Errorf("status:\n%s", status.stdout)
	}
	l.w.mustRun(t, "credentials", "revoke", "--link=west-east", "--apply") // again
}

// again lets west in with a new credential, and not with the old one.
func (l *lane) again(t *testing.T, reader func(*testing.T) *kubernetes.Clientset) {
	t.Helper()
	l.w.mustRun(t, "credentials", "rotate", "--link=west-east", "--apply").wantSaid(t, "begin: west reads east with generation 2\n")
	checkReader(t, reader(t))
	if _, err := l.reader.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); err == nil {
		t.Error("the old credential works again")
	}
	l.w.mustRun(t, "render", "--apply").wantSaid(t, "east: 0 created, 0 changed", "west: 0 created, 0 changed")
}

func revokeFederated(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	l := &lane{w: newWorkspace(t, all), east: all[0], west: all[1]}
	l.w.write(t, "mesh.yaml", westReadsEast("auth: federated"))
	l.w.mustRun(t, "collect")
	l.w.mustRun(t, "render", "--output-dir", "deploy")
	l.w.mustRun(t, "render", "--apply")
	// West is asked for its keys, which it shows to those whom it lets in only.
	must(t)(client(t, l.west).RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "issuer-discovery"},
		RoleRef:  rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: "system:service-account-issuer-discovery"},
		Subjects: []rbacv1.Subject{{APIGroup: "rbac.authorization.k8s.io", Kind: "Group", Name: "system:unauthenticated"}}}, metav1.CreateOptions{}))
	secret, err := client(t, l.west).CoreV1().Secrets(istioNamespace).Get(t.Context(), "istio-remote-secret-east", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	token := accountToken(t, l.west, "istiod", "kubectl-mesh.dev/shop/west/east")
	l.east.Stop()
	l.east.Restart(t, "--authentication-config="+l.w.path("deploy/authentication/east.yaml"))
	l.reader = withTokenFile(t, secret, token)
	eventually(t, "east knows the istiod of west", func(ctx context.Context) bool {
		_, err := l.reader.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		return err == nil
	})
	got := l.w.run(t, "credentials", "rotate", "--link=west-east", "--apply")
	got.wantCode(t, 2)
	got.wantSaid(t, "error: west has no credential for east: it sends a token that the kubelet renews, within the hour\n")
	l.revoke(t, apierrors.IsForbidden)
	if _, err := os.Stat(l.w.path("deploy/authentication/east.yaml")); !os.IsNotExist(err) {
		t.Errorf("the configuration of east: got %v, want that it is gone", err)
	}
}

// revokeExternal has a store keep the token, and stands in for External Secrets.
func revokeExternal(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	l := &lane{w: newWorkspace(t, all), east: all[0], west: all[1]}
	clusters.InstallExternalSecrets(t, l.west)
	l.w.write(t, "mesh.yaml", westReadsEast("auth: external, external: {secretStoreRef: {name: vault}}"))
	l.w.mustRun(t, "collect")
	l.w.mustRun(t, "render", "--apply")
	l.store(t, "mesh-reader-west-token-1")
	l.reader = secretClient(t, l.west)
	checkReader(t, l.reader)

	rotate := []string{"credentials", "rotate", "--link=west-east", "--apply"}
	got := l.w.run(t, rotate...)
	got.wantCode(t, 1)
	got.wantSaid(t, `error: the secret store has not delivered generation 2 to west yet: its credential belongs to "mesh-reader-west-token-1"`,
		"hint: store the token of Secret istio-system/mesh-reader-west-token-2 in east as property token of entry shop/east/mesh-reader-west")
	checkReader(t, l.reader)
	l.store(t, "mesh-reader-west-token-2")
	l.w.mustRun(t, rotate...).wantSaid(t, "west-east is rotated: generation 2\n")
	wantEnded(t, l.reader, apierrors.IsUnauthorized)
	l.reader = secretClient(t, l.west)
	checkReader(t, l.reader)

	got = l.w.mustRun(t, "credentials", "revoke", "--link=west-east", "--apply")
	got.wantSaid(t, "left to the owner: (store): delete entry shop/east/mesh-reader-west\n", "west: removed ExternalSecret istio-system/istio-remote-secret-east\n")
	wantEnded(t, l.reader, apierrors.IsUnauthorized)
	l.w.mustRun(t, "render", "--apply", "--prune")
	wantTokenSecrets(t, l.east)
}

// store puts a token into the store, from where it comes to west.
func (l *lane) store(t *testing.T, tokenSecret string) {
	t.Helper()
	token := secrets(t, l.east)[tokenSecret].Data[corev1.ServiceAccountTokenKey]
	clusters.FillSecret(t, l.west, istioNamespace, "istio-remote-secret-east", token)
}

// revokeWatched: an API server checks a credential when a watch begins. One that was opened before the revocation delivers
// a Secret that was created after it, while new requests are refused; which is what the list says.
func revokeWatched(t *testing.T) {
	l := newLane(t, "allowNonExpiring: true", nil)
	open, err := l.reader.CoreV1().Secrets("default").Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer open.Stop()
	listed := l.w.mustRun(t, "credentials", "revoke", "--link=west-east")
	if !strings.Contains(listed.stdout, "an established watch continues to deliver Secrets until it times out") {
		t.Errorf("the list:\n%s", listed.stdout)
	}
	l.revoke(t, apierrors.IsUnauthorized)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "created-after-the-revocation"}}
	if _, err := client(t, l.east).CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case event, more := <-open.ResultChan():
			if !more {
				t.Fatal("the watch has ended: docs/credentials.md says otherwise")
			}
			if delivered, is := event.Object.(*corev1.Secret); is && delivered.Name == secret.Name {
				return
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the watch delivers nothing: docs/credentials.md says otherwise")
		}
	}
}
