package e2e

import (
	"context"
	"maps"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestAdmissionPolicy has API servers admit the remote secrets of the mesh and no others: the policy comes with one
// apply, and a cluster that joins later comes with one too, although the policy of before does not know it. Its readers
// have no credential, so that their remote secrets are known to the last byte.
func TestAdmissionPolicy(t *testing.T) {
	all := clusters.Start(t, "east", "west", "north")
	east := all[0]
	w := newWorkspace(t, all)
	mesh := func(members string) string {
		return `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  admissionPolicy: true
  clusters:
  - {name: east, context: admin@east}
  - {name: west, context: admin@west}
` + members + `  waivers: [{rule: MESH006, reason: all on one machine}]
`
	}
	w.write(t, "mesh.yaml", mesh(""))
	w.mustRun(t, "collect", "--token=skip")
	w.mustRun(t, "render", "--apply")
	w.mustRun(t, "render", "--apply").wantSaid(t, "east: 0 created, 0 changed")

	secrets := client(t, east).CoreV1().Secrets(istioNamespace)
	ours, err := secrets.Get(t.Context(), "istio-remote-secret-west", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the policy is in force", func(ctx context.Context) bool {
		_, err := secrets.Update(ctx, changed(ours, func(s *corev1.Secret) { s.Data["other"] = []byte("x") }), metav1.UpdateOptions{DryRun: []string{"All"}})
		return err != nil
	})
	for name, test := range map[string]struct {
		change func(*corev1.Secret)
		want   string // what the refusal says; empty for what is admitted
	}{
		"as it is":                 {func(*corev1.Secret) {}, ""},
		"an annotation":            {func(s *corev1.Secret) { s.Annotations["note"] = "fine" }, ""},
		"another token":            {replace("token: ey", "token: fy"), ""},
		"an opaque token":          {token("opaque\n"), ""},
		"no line end":              {token("opaque"), ""},
		"without the label":        {func(s *corev1.Secret) { delete(s.Labels, "istio/multiCluster") }, ""},
		"another cluster":          {func(s *corev1.Secret) { s.Annotations["networking.istio.io/cluster"] = "mars" }, "must name one of the clusters that this cluster's control plane reads: west"},
		"no cluster":               {func(s *corev1.Secret) { s.Annotations = nil }, "must name one of the clusters that this cluster's control plane reads: west"},
		"a second kubeconfig":      {func(s *corev1.Secret) { s.Data["mars"] = s.Data["west"] }, "must contain only the kubeconfig of its cluster"},
		"another key":              {func(s *corev1.Secret) { s.Data = map[string][]byte{"mars": s.Data["west"]} }, "must contain only the kubeconfig of its cluster"},
		"no kubeconfig":            {func(s *corev1.Secret) { s.Data = nil }, "must contain only the kubeconfig of its cluster"},
		"another server":           {replace("server: https://127", "server: https://128"), "differs from the one that mesh.yaml renders"},
		"another authority":        {replace("certificate-authority-data: LS0t", "certificate-authority-data: LS0u"), "differs from the one that mesh.yaml renders"},
		"no check of the server":   {replace("    server:", "    insecure-skip-tls-verify: true\n    server:"), "differs from the one that mesh.yaml renders"},
		"a program":                {token("x\n    exec: {command: sh}\n"), "contains more than the rendered kubeconfig and its credential"},
		"a second server":          {token("x\nclusters: []\n"), "contains more than the rendered kubeconfig and its credential"},
		"a second server, CR":      {token("x\rclusters: []\n"), "contains more than the rendered kubeconfig and its credential"},
		"a second server, NEL":     {token("x\u0085clusters: []\n"), "contains more than the rendered kubeconfig and its credential"},
		"a second server, aligned": {token("xx\nclusters: []\n"), "contains more than the rendered kubeconfig and its credential"},
		"a second server, again":   {token("xxx\nclusters: []\n"), "contains more than the rendered kubeconfig and its credential"},
		"another name":             {func(s *corev1.Secret) { s.Name = "mars" }, "must be named istio-remote-secret-CLUSTER"},
	} {
		t.Run(name, func(t *testing.T) {
			secret := changed(ours, test.change)
			var err error
			if secret.Name == ours.Name {
				_, err = secrets.Update(t.Context(), secret, metav1.UpdateOptions{DryRun: []string{"All"}})
			} else {
				secret.ResourceVersion, secret.UID = "", ""
				_, err = secrets.Create(t.Context(), secret, metav1.CreateOptions{DryRun: []string{"All"}})
			}
			switch {
			case test.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), "mesh shop: ") || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want a refusal that says %q", err, test.want)
			}
		})
	}

	// Other Secrets are nobody's business, until they are made remote secrets.
	other := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "other"}, StringData: map[string]string{"a": "b"}}
	other, err = secrets.Create(t.Context(), other, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	other.Labels = map[string]string{"istio/multiCluster": "true"}
	if _, err := secrets.Update(t.Context(), other, metav1.UpdateOptions{}); err == nil || !strings.Contains(err.Error(), "mesh shop: ") {
		t.Errorf("a Secret becomes a remote secret: %v", err)
	}

	// A cluster joins.
	w.write(t, "mesh.yaml", mesh("  - {name: north, context: admin@north, reader: {auth: federated}}\n"))
	w.mustRun(t, "collect", "--token=skip")
	if got := w.run(t, "diff"); got.code != 1 || !strings.Contains(got.stderr, "warning: east: not compared: Secret istio-system/istio-remote-secret-north, Secret istio-system/istio-remote-secret-west: the admission policy is applied first\n") {
		t.Errorf("diff exits with %d and says\n%s", got.code, got.stderr)
	}
	w.run(t, "render", "--apply", "--dry-run=server").wantCode(t, 3)
	w.mustRun(t, "render", "--apply")
	federated, err := secrets.Get(t.Context(), "istio-remote-secret-north", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	federated.Data["north"] = append(federated.Data["north"], '\n')
	if _, err := secrets.Update(t.Context(), federated, metav1.UpdateOptions{}); err == nil || !strings.Contains(err.Error(), "mesh shop: the kubeconfig ") {
		t.Errorf("more than what is rendered, which has no credential: %v", err)
	}
	w.mustRun(t, "render", "--apply").wantSaid(t, "east: 0 created, 0 changed")

	// Without the policy everything is as it was.
	w.write(t, "mesh.yaml", strings.Replace(mesh("  - {name: north, context: admin@north, reader: {auth: federated}}\n"), "admissionPolicy: true", "admissionPolicy: false", 1))
	changed := strings.Replace(w.read(t, "mesh.yaml"), "context: admin@west}", "context: admin@west, api: {tlsServerName: kubernetes}}", 1)
	plain := w.read(t, "mesh.yaml")
	w.write(t, "mesh.yaml", changed)
	if got := w.run(t, "render", "--apply"); got.code != 1 || !strings.Contains(got.stderr, "delete validatingadmissionpolicybinding mesh-remote-secrets\n") {
		t.Errorf("with the policy of before: exits with %d and says\n%s", got.code, got.stderr)
	}
	w.write(t, "mesh.yaml", plain)
	w.mustRun(t, "render", "--apply", "--prune")
	policies := client(t, east).AdmissionregistrationV1()
	bindings, err := policies.ValidatingAdmissionPolicyBindings().List(t.Context(), metav1.ListOptions{})
	if err != nil || len(bindings.Items) > 0 {
		t.Errorf("%d bindings are left: %v", len(bindings.Items), err)
	}
}

// changed is a copy of a Secret, changed.
func changed(secret *corev1.Secret, change func(*corev1.Secret)) *corev1.Secret {
	secret = secret.DeepCopy()
	secret.Data = maps.Clone(secret.Data)
	change(secret)
	return secret
}

// replace changes the kubeconfig.
func replace(from, to string) func(*corev1.Secret) {
	return func(s *corev1.Secret) { s.Data["west"] = []byte(strings.Replace(string(s.Data["west"]), from, to, 1)) }
}

// token replaces the token, with which the kubeconfig ends.
func token(end string) func(*corev1.Secret) {
	return func(s *corev1.Secret) {
		begin, _, _ := strings.Cut(string(s.Data["west"]), "token: ")
		s.Data["west"] = []byte(begin + "token: " + end)
	}
}
