package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// helm stands in for Helm with chart istiod of a cluster without a control plane: of the chart it has what leads to the
// control plane of another cluster.
const helm = `#!/bin/sh
set -eu
[ "$1 $2 $4" = 'upgrade --install istio/istiod' ]
while [ $# -gt 0 ]; do
	case "$1" in
	--kube-context) context=$2 ;;
	--namespace) namespace=$2 ;;
	--values) values=$2 ;;
	esac
	shift
done
address=$(sed -n 's/^ *remotePilotAddress: //p' "$values")
path=$(sed -n 's/^ *injectionPath: //p' "$values")
kubectl --context "$context" --namespace "$namespace" apply --filename - <<END
apiVersion: v1
kind: Service
metadata: {name: istiod}
spec: {ports: [{name: tcp-istiod, port: 15012}, {name: tcp-webhook, port: 443, targetPort: 15017}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: istiod, labels: {kubernetes.io/service-name: istiod}}
addressType: IPv4
endpoints: [{addresses: [$address]}]
ports: [{name: tcp-istiod, port: 15012}, {name: tcp-webhook, port: 15017}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector, labels: {app: sidecar-injector, istio.io/rev: default}}
webhooks:
- name: sidecar-injector.istio.io
  sideEffects: None
  admissionReviewVersions: [v1]
  clientConfig: {service: {namespace: $namespace, name: istiod, path: $path}}
  namespaceSelector: {matchLabels: {injected: nowhere}}
END
`

// obey runs a remedy as it is printed, in a shell that finds the program as a plugin of kubectl.
func (w workspace) obey(t *testing.T, remedy string) {
	t.Helper()
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("needs kubectl, and there is none on PATH")
	}
	bin := t.TempDir()
	if err := os.Symlink(program, filepath.Join(bin, "kubectl-mesh")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "helm"), []byte(helm), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", remedy)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + w.dir, "KUBECONFIG=" + w.kubeconfig}
	if got := finish(t, cmd); got.code != 0 {
		t.Errorf("%s: exit code %d\n%s%s", remedy, got.code, got.stdout, got.stderr)
	}
}
