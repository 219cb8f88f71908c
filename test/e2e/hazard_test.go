package e2e

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestHazard has an istiod in west that loses endpoints when a remote secret changes: nothing is written anywhere
// unless its restart is accepted, and then it is restarted before the old credential ends.
func TestHazard(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.write(t, "mesh.yaml", westReadsEast("allowNonExpiring: true"))
	w.mustRun(t, "collect", "--token=skip")
	w.mustRun(t, "render", "--apply")
	istiod{image: "docker.io/istio/pilot:1.30.3", clusterID: "west"}.install(t, all[1])
	rollOutDeployments(t, all[1])
	const fault = "changing the remote secret of east triggers known faults in Istio 1.30.3: istiod drops the endpoints of a cluster"

	t.Run("rotation stops", func(t *testing.T) {
		state := w.read(t, stateFile)
		got := w.run(t, "credentials", "rotate", "--link=west-east", "--apply")
		got.wantCode(t, 1)
		got.wantSaid(t, "error: west: "+fault, "hint: upgrade istiod of west to 1.30.4 or later first; or restart istiod after the change: --accept-restart; ",
			"hint: nothing was changed in any cluster")
		wantTokenSecrets(t, all[0], "mesh-reader-west-token-1")
		if w.read(t, stateFile) != state {
			t.Error("a rotation has begun")
		}
		wantRestarted(t, all[1], false)
	})
	t.Run("rotation with a restart", func(t *testing.T) {
		w.run(t, "credentials", "rotate", "--link=west-east", "--apply", "--accept-restart").wantSaid(t,
			"error: ask west's istiod for endpoints: no istiod pod is ready\n", " --apply --offline", "hint: nothing was changed in any cluster")
		wantTokenSecrets(t, all[0], "mesh-reader-west-token-1")
		w.mustRun(t, "credentials", "rotate", "--link=west-east", "--apply", "--accept-restart", "--offline").wantSaid(t, "west: restarts istiod afterwards: "+fault,
			"west: its remote secret contains generation 2\nwest: istiod is restarted and available\nverify: ", "west-east is rotated: generation 2\n")
		wantTokenSecrets(t, all[0], "mesh-reader-west-token-2")
		wantRestarted(t, all[1], true)
	})
	t.Run("another address", func(t *testing.T) {
		facts := w.read(t, "clusters/east.yaml")
		w.write(t, "clusters/east.yaml", strings.Replace(facts, "127.0.0.1", "localhost", 1))
		before := remoteSecretVersion(t, all[1])
		got := w.run(t, "render", "--apply")
		got.wantCode(t, 1)
		got.wantSaid(t, "error: west: "+fault, "hint: nothing was changed in any cluster")
		if remoteSecretVersion(t, all[1]) != before {
			t.Error("the remote secret has changed")
		}
		got = w.run(t, "render", "--apply", "--accept-restart")
		got.wantCode(t, 3)
		got.wantSaid(t, "west: restarts istiod afterwards: "+fault, "warning: west: inconclusive: ask west's istiod for endpoints: no istiod pod is ready\n")
		if remoteSecretVersion(t, all[1]) == before {
			t.Error("the remote secret is the old one")
		}
		w.mustRun(t, "render", "--apply") // nothing changes any more
	})
}

func remoteSecretVersion(t *testing.T, c *clusters.Cluster) string {
	t.Helper()
	secret, err := client(t, c).CoreV1().Secrets(istioNamespace).Get(t.Context(), "istio-remote-secret-east", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return secret.ResourceVersion
}

// wantRestarted looks for the annotation of kubectl rollout restart.
func wantRestarted(t *testing.T, c *clusters.Cluster, want bool) {
	t.Helper()
	deployment, err := client(t, c).AppsV1().Deployments(istioNamespace).Get(t.Context(), "istiod", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if at := deployment.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"]; (at != "") != want {
		t.Errorf("restarted at %q, want a restart: %t", at, want)
	}
}

// rollOutDeployments stands in for the controller of Deployments and for nodes: whatever is asked for is available.
func rollOutDeployments(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	deployments := client(t, c).AppsV1().Deployments(istioNamespace)
	watch, err := deployments.Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(watch.Stop)
	go func() {
		for event := range watch.ResultChan() {
			deployment, ok := event.Object.(*appsv1.Deployment)
			if !ok || deployment.Status.ObservedGeneration == deployment.Generation {
				continue
			}
			deployment.Status = appsv1.DeploymentStatus{ObservedGeneration: deployment.Generation, Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1, AvailableReplicas: 1}
			_, _ = deployments.UpdateStatus(t.Context(), deployment, metav1.UpdateOptions{}) // a conflict brings another event
		}
	}()
}
