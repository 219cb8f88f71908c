package e2e

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// westReadsEast is a mesh in which west reads east with some reader.
func westReadsEast(reader string) string {
	return `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  links: [{from: [west], to: [east]}]
  clusters:
  - {name: east, context: admin@east, reader: {` + reader + `}}
  - {name: west, context: admin@west}
  waivers: [{rule: MESH006, reason: all on one machine}]
`
}

// TestRotateToken changes the token with which west reads east, in one go and step by step, while somebody calls east
// with what the remote secret of west holds at that moment, as istiod does.
func TestRotateToken(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.write(t, "mesh.yaml", westReadsEast("allowNonExpiring: true"))
	w.mustRun(t, "collect", "--token=skip")
	w.mustRun(t, "render", "--apply")
	w.mustRun(t, "collect")
	reader := secretClient(t, all[1])
	checkReader(t, reader)
	wantTokenSecrets(t, all[0], "mesh-reader-west-token-1")

	t.Run("nothing without --apply", func(t *testing.T) {
		w.run(t, "credentials", "rotate", "--link=east-west").wantCode(t, 2)
		w.run(t, "credentials", "rotate", "--link=west-east", "--step=drop").wantCode(t, 2)
		wantTokenSecrets(t, all[0], "mesh-reader-west-token-1")
	})
	t.Run("in one go", func(t *testing.T) {
		stop := callAllTheTime(t, all[1])
		w.mustRun(t, "credentials", "rotate", "--link=west-east", "--apply").wantSaid(t, "begin: west reads east with generations 1 and 2\n",
			"verify: east accepts system:serviceaccount:istio-system:mesh-reader-west with generation 2\n", "east: removed Secret istio-system/mesh-reader-west-token-1\n",
			"drop: west reads east with generation 2 only\n", "west-east is rotated: generation 2\n")
		stop()
		wantTokenSecrets(t, all[0], "mesh-reader-west-token-2")
		wantEnded(t, reader, apierrors.IsUnauthorized)
		reader = secretClient(t, all[1])
		checkReader(t, reader)
		w.mustRun(t, "render", "--apply", "--prune").wantSaid(t, "east: 0 created, 0 changed", "west: 0 created, 0 changed")
		w.unverified(t)
	})
	t.Run("step by step", func(t *testing.T) { rotateByStep(t, w, all, reader) })
	t.Run("cut off in the middle", func(t *testing.T) { rotateCutOff(t, w, all) })
	t.Run("back", func(t *testing.T) {
		w.mustRun(t, "credentials", "rotate", "--link=west:east")
		w.mustRun(t, "render", "--apply")
		w.mustRun(t, "credentials", "rotate", "--link=west-east", "--abort").wantSaid(t, "drop: west reads east with generation 4 only")
		stop := callAllTheTime(t, all[1])
		w.mustRun(t, "collect")
		w.mustRun(t, "render", "--apply")
		w.mustRun(t, "render", "--apply", "--prune").wantSaid(t, "east: deletes Secret istio-system/mesh-reader-west-token-5")
		stop()
		wantTokenSecrets(t, all[0], "mesh-reader-west-token-4")
	})
}

func rotateByStep(t *testing.T, w workspace, all []*clusters.Cluster, old *kubernetes.Clientset) {
	stop := callAllTheTime(t, all[1])
	rotate := []string{"credentials", "rotate", "--link=west-east"}
	w.mustRun(t, rotate...).wantSaid(t, "begin: west reads east with generations 2 and 3\n", "hint: render the tree, and commit it with ")
	w.run(t, append(rotate, "--step=begin")...).wantSaid(t, "error: a rotation of west-east is in progress: generations 2 and 3 are valid\n")
	got := w.run(t, rotate...)
	got.wantCode(t, 1)
	got.wantSaid(t, `error: the remote secret in west: its credential belongs to "mesh-reader-west-token-2", not to generation 3, which is "mesh-reader-west-token-3"`)
	w.mustRun(t, "render", "--apply", "--cluster=east")
	wantTokenSecrets(t, all[0], "mesh-reader-west-token-2", "mesh-reader-west-token-3")
	w.mustRun(t, "collect", "--cluster=east").wantSaid(t, "east: 1 token written")
	w.run(t, append(rotate, "--step=verify")...).wantCode(t, 1)
	w.mustRun(t, "render", "--apply", "--cluster=west")
	w.mustRun(t, append(rotate, "--step=verify")...)
	w.mustRun(t, rotate...).wantSaid(t, "drop: west reads east with generation 3 only\n")
	checkReader(t, old) // nothing has ended it yet
	w.mustRun(t, "render", "--apply", "--prune", "--cluster=east").wantSaid(t, "east: deletes Secret istio-system/mesh-reader-west-token-2")
	wantEnded(t, old, apierrors.IsUnauthorized)
	stop()
	checkReader(t, secretClient(t, all[1]))
	if text := w.read(t, stateFile); !strings.Contains(text, "    east:\n      readerGenerations:\n        west:\n        - 3\n") {
		t.Errorf("the generation is not recorded:\n%s", text)
	}
}

// rotateCutOff: west cannot be written to, so the rotation stops; the same command finishes it.
func rotateCutOff(t *testing.T, w workspace, all []*clusters.Cluster) {
	secrets := client(t, all[1]).CoreV1().Secrets(istioNamespace)
	secret, err := secrets.Get(t.Context(), "istio-remote-secret-east", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	data := secret.Data
	if err := secrets.Delete(t.Context(), secret.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	// Somebody else has put it there, so it is not overwritten.
	secret.ObjectMeta = metav1.ObjectMeta{Name: secret.Name, Labels: secret.Labels}
	secret.Data = data
	must(t)(secrets.Create(t.Context(), secret, metav1.CreateOptions{FieldManager: "somebody"}))
	stop := callAllTheTime(t, all[1])
	rotate := []string{"credentials", "rotate", "--link=west-east", "--apply"}
	got := w.run(t, rotate...)
	got.wantCode(t, 1)
	got.wantSaid(t, "error: west: Secret istio-system/istio-remote-secret-east: 1 field conflict", "hint: the old credential is unchanged; to continue: ")
	w.mustRun(t, append(rotate, "--force-conflicts")...).wantSaid(t, "west-east is rotated: generation 4\n")
	stop()
	wantTokenSecrets(t, all[0], "mesh-reader-west-token-4")
	checkReader(t, secretClient(t, all[1]))
}

// TestRotateClientCertificate does the same with a certificate: the new one is another user, and what ends the old one
// is that its user is bound no more.
func TestRotateClientCertificate(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.write(t, "mesh.yaml", westReadsEast("auth: clientCertificate"))
	w.mustRun(t, "collect")
	approve := func(args ...string) {
		fingerprint := strings.TrimSpace(w.mustRun(t, "credentials", "request", "--from", "west", "--to", "east").stdout)
		w.mustRun(t, append([]string{"credentials", "approve", w.path("west-east.csr"), "--from", "west", "--cluster", "east", "--fingerprint", fingerprint}, args...)...)
	}
	approve("--lifetime=1h")
	w.mustRun(t, "render", "--apply")
	old := secretClient(t, all[1])
	checkReader(t, old)
	t.Run("another lifetime is another certificate", func(t *testing.T) {
		w.run(t, "credentials", "status", "--within=2h").wantCode(t, 1)
		approve("--lifetime=3h")
		w.mustRun(t, "credentials", "status", "--within=2h")
	})
	stop := callAllTheTime(t, all[1])
	t.Run("in one go", func(t *testing.T) {
		w.mustRun(t, "credentials", "rotate", "--link=west-east", "--apply").wantSaid(t, "verify: east accepts mesh:west:2 with generation 2\n")
		checkReader(t, secretClient(t, all[1]))
		wantEnded(t, old, apierrors.IsForbidden)
		w.missing(t, "credentials/east/west/client.key")
		w.missing(t, "credentials/east/west/client.crt")
		w.mustRun(t, "render", "--apply").wantSaid(t, "east: 0 created, 0 changed", "west: 0 created, 0 changed")
	})
	t.Run("step by step", func(t *testing.T) {
		old := secretClient(t, all[1])
		w.mustRun(t, "credentials", "rotate", "--link=west-east")
		w.mustRun(t, "render", "--apply", "--cluster=west").wantSaid(t, "west: 0 created, 0 changed") // with the old one, until the new one is there
		w.mustRun(t, "render", "--apply", "--cluster=east")
		approve()
		w.run(t, "credentials", "rotate", "--link=west-east").wantCode(t, 1)
		w.mustRun(t, "render", "--apply", "--cluster=west")
		w.mustRun(t, "credentials", "rotate", "--link=west-east").wantSaid(t, "drop: west reads east with generation 3 only\n")
		checkReader(t, old)
		w.mustRun(t, "render", "--apply", "--prune", "--cluster=east")
		wantEnded(t, old, apierrors.IsForbidden)
	})
	stop()
	checkReader(t, secretClient(t, all[1]))
	w.unverified(t)
}

// callAllTheTime calls east with what the remote secret of west holds, again and again, until it is stopped. No call may
// fail: istiod may read the Secret at any moment.
func callAllTheTime(t *testing.T, west *clusters.Cluster) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	secrets := client(t, west).CoreV1().Secrets(istioNamespace)
	done := make(chan error, 1)
	calls := 0
	go func() {
		for ctx.Err() == nil {
			if err := callOnce(ctx, secrets); err != nil && ctx.Err() == nil {
				done <- err
				return
			}
			calls++
		}
		done <- nil
	}()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("call %d failed: %v", calls, err)
		}
		if calls == 0 {
			t.Error("nobody called")
		}
	}
}

// callOnce calls with what the Secret holds now. A credential that is exchanged between the look and the call was the
// right one at the look.
func callOnce(ctx context.Context, secrets corev1client.SecretInterface) error {
	for {
		secret, err := secrets.Get(ctx, "istio-remote-secret-east", metav1.GetOptions{})
		if err != nil {
			return err
		}
		config, err := clientcmd.RESTConfigFromKubeConfig(secret.Data["east"])
		if err != nil {
			return err
		}
		kube, err := kubernetes.NewForConfig(config)
		if err != nil {
			return err
		}
		_, failed := kube.CoreV1().Services("").List(ctx, metav1.ListOptions{Limit: 1})
		now, err := secrets.Get(ctx, secret.Name, metav1.GetOptions{})
		if failed == nil || err != nil || bytes.Equal(now.Data["east"], secret.Data["east"]) {
			return errors.Join(failed, err)
		}
	}
}

// wantTokenSecrets compares the token Secrets that are there.
func wantTokenSecrets(t *testing.T, c *clusters.Cluster, want ...string) {
	t.Helper()
	var names []string
	for name, secret := range secrets(t, c) {
		if secret.Type == "kubernetes.io/service-account-token" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("token Secrets of %s: got %q, want %q", c.Name, names, want)
	}
}

// wantEnded waits until a credential opens nothing any more: an API server remembers for a moment.
func wantEnded(t *testing.T, reader *kubernetes.Clientset, ended func(error) bool) {
	t.Helper()
	eventually(t, "the old credential opens nothing", func(ctx context.Context) bool {
		_, pods := reader.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		_, namespaces := reader.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
		return ended(pods) && ended(namespaces)
	})
}
