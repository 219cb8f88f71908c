package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

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
		"warning: not verified that Git ignores credentials/: "+w.dir+": not in a Git repository",
		"hint: make sure that credentials/ is never committed or copied",
		"warning: east: Istio: namespace istio-system has no Deployment istiod",
		"warning: east: Istio's roots: no ConfigMap istio-ca-root-cert in namespace istio-system",
		"warning: east: the Gateways of east-west gateways: the Gateway API CRDs are not installed",
		"error: east: west has no token to read east: read token secret istio-system/mesh-reader-west-token-1: the token does not exist yet",
		"hint: find the reason, and collect again: kubectl --context=admin@east -n istio-system describe secret mesh-reader-west-token-1")
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
		must(t)(kube.CoreV1().Secrets(istioNamespace).Patch(ctx, readerOfWest+"-token-1", types.MergePatchType, label, metav1.PatchOptions{}))
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
