package e2e

import (
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestApply brings up a mesh of three clusters from nothing; the tests build on each other.
func TestApply(t *testing.T) {
	all := clusters.Start(t, "east", "north", "west")
	w := firstWorkspace(t, all)
	init := []string{"init", "--force", "--name", "shop"}
	for _, c := range all {
		init = append(init, "--context", "admin@"+c.Name)
	}
	w.mustRun(t, init...)
	w.waiveLoopback(t)
	t.Run("changes nothing in a dry run", func(t *testing.T) { testApplyDryRun(t, w, all) })
	t.Run("refuses swapped contexts", func(t *testing.T) { testApplySwapped(t, w, all) })
	t.Run("brings up the mesh", func(t *testing.T) { testApplyFromNothing(t, w, all) })
	t.Run("gives each reader its rights and no more", func(t *testing.T) { testReaders(t, all) })
	t.Run("changes nothing twice", func(t *testing.T) { testApplyTwice(t, w, all) })
	t.Run("pins and refuses another cluster", func(t *testing.T) { testApplyPin(t, w, all) })
	t.Run("stops at a conflict", func(t *testing.T) { testApplyConflict(t, w, all) })
	t.Run("names unmanaged secrets", func(t *testing.T) { testApplyUnmanaged(t, w, all) })
	t.Run("writes nothing when a cluster is down", func(t *testing.T) { testApplyDown(t, w, all) })
	t.Run("forgets a cluster that is gone", func(t *testing.T) { testApplyPrune(t, w, all) })
}

// waiveLoopback adds what init cannot know: that all servers are meant to be on this machine, tokens not to expire, and
// certificates to come from elsewhere.
func (w workspace) waiveLoopback(t *testing.T) {
	t.Helper()
	text := w.read(t, "mesh.yaml")
	for name := range strings.SplitSeq("admin-east admin-north admin-west", " ") {
		text = strings.ReplaceAll(text, "name: "+name+" ", "name: "+strings.TrimPrefix(name, "admin-")+" ")
	}
	w.write(t, "mesh.yaml", text+"  waivers: [{rule: MESH006, reason: all on one machine}]\n  reader: {allowNonExpiring: true}\n"+othersCertify)
}

func testApplyDryRun(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.run(t, "render", "--apply", "--dry-run=server")
	got.wantCode(t, 3)
	for _, c := range all {
		got.wantSaid(t, c.Name+": 13 to create, 0 to change, 0 unchanged\n"+c.Name+": creates Namespace istio-system\n",
			"warning: "+c.Name+": not checked: ServiceAccount istio-system/mesh-reader-", ": namespace istio-system does not exist yet\n")
	}
	for _, c := range all {
		_, err := client(t, c).CoreV1().Namespaces().Get(t.Context(), "istio-system", metav1.GetOptions{})
		if !apierrors.IsNotFound(err) {
			t.Errorf("%s: the namespace is there after a dry run: %v", c.Name, err)
		}
	}
}

// testApplySwapped: the contexts of two clusters are exchanged, and no UID is recorded yet.
func testApplySwapped(t *testing.T, w workspace, all []*clusters.Cluster) {
	text := w.read(t, "mesh.yaml")
	swapped := strings.NewReplacer("context: admin@east", "context: admin@west", "context: admin@west", "context: admin@east").Replace(text)
	w.write(t, "mesh.yaml", swapped)
	defer w.write(t, "mesh.yaml", text)
	got := w.run(t, "render", "--apply")
	got.wantCode(t, 2)
	const declaredFor = ` verifies its server with the CA that mesh.yaml declares for `
	got.wantSaid(t, `east: context "admin@west"`+declaredFor+"west, not for east", `west: context "admin@east"`+declaredFor+"east, not for west",
		"hint: nothing was changed in any cluster")
	for _, c := range all {
		if len(secrets(t, c)) != 0 {
			t.Errorf("%s: something was written", c.Name)
		}
	}
}

func testApplyFromNothing(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.mustRun(t, "render", "--apply")
	got.wantSaid(t, "east: 13 created, 0 changed, 0 unchanged", "north: 13 created, 0 changed, 0 unchanged", "west: 13 created, 0 changed, 0 unchanged")
	if got.stdout != "" {
		t.Errorf("stdout: got %q, want none", got.stdout)
	}
	w.missing(t, "credentials/east")
	for _, consumer := range all {
		for _, target := range all {
			_, found := secrets(t, consumer)["istio-remote-secret-"+target.Name]
			if found != (consumer != target) {
				t.Errorf("%s: remote secret of %s: got %t", consumer.Name, target.Name, found)
			}
		}
	}
}

// secrets are those in the namespace of Istio, by name.
func secrets(t *testing.T, c *clusters.Cluster) map[string]corev1.Secret {
	t.Helper()
	list, err := client(t, c).CoreV1().Secrets("istio-system").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]corev1.Secret{}
	for _, secret := range list.Items {
		found[secret.Name] = secret
	}
	return found
}

// testReaders uses each remote kubeconfig as istiod would.
func testReaders(t *testing.T, all []*clusters.Cluster) {
	for _, consumer := range all {
		for _, target := range all {
			if consumer == target {
				continue
			}
			text := secrets(t, consumer)["istio-remote-secret-"+target.Name].Data[target.Name]
			config, err := clientcmd.RESTConfigFromKubeConfig(text)
			if err != nil {
				t.Fatalf("%s reads %s: %v", consumer.Name, target.Name, err)
			}
			reader := kubernetes.NewForConfigOrDie(config)
			review, err := reader.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
			if err != nil {
				t.Fatalf("%s reads %s: %v", consumer.Name, target.Name, err)
			}
			if want := "system:serviceaccount:istio-system:mesh-reader-" + consumer.Name; review.Status.UserInfo.Username != want {
				t.Errorf("%s reads %s as %s, want %s", consumer.Name, target.Name, review.Status.UserInfo.Username, want)
			}
			for _, right := range []struct {
				verb, group, resource, name string
				want                        bool
			}{
				{"list", "", "pods", "", true}, {"watch", "", "secrets", "", true}, {"list", "discovery.k8s.io", "endpointslices", "", true},
				{"get", "", "configmaps", "istio", true}, {"list", "", "configmaps", "", false}, {"create", "", "secrets", "", false},
				{"delete", "", "pods", "", false}, {"list", "apps", "deployments", "", false}, {"create", "", "serviceaccounts", "", false},
			} {
				ask := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
					Verb: right.verb, Group: right.group, Resource: right.resource, Name: right.name, Namespace: "istio-system"}}}
				answer, err := reader.AuthorizationV1().SelfSubjectAccessReviews().Create(t.Context(), ask, metav1.CreateOptions{})
				if err != nil || answer.Status.Allowed != right.want {
					t.Errorf("%s may %s %s %s in %s: got %t %v, want %t", consumer.Name, right.verb, right.resource, right.name, target.Name, answer.Status.Allowed, err, right.want)
				}
			}
		}
	}
}

// notInGit is what an apply says where nobody can have reviewed anything.
const notInGit = "not in a Git repository, so it is unknown whether the objects to apply were reviewed"

func testApplyTwice(t *testing.T, w workspace, all []*clusters.Cluster) {
	before := versions(t, all)
	got := w.mustRun(t, "render", "--apply")
	got.wantStderr(t,
		notInGit,
		"east: 0 to create, 0 to change, 13 unchanged", "north: 0 to create, 0 to change, 13 unchanged", "west: 0 to create, 0 to change, 13 unchanged",
		"east: 0 created, 0 changed, 13 unchanged", "north: 0 created, 0 changed, 13 unchanged", "west: 0 created, 0 changed, 13 unchanged",
		"next: kubectl mesh check")
	if after := versions(t, all); after != before {
		t.Errorf("objects were changed:\n%s\n%s", before, after)
	}
}

// versions are the resource versions of what a second run could touch.
func versions(t *testing.T, all []*clusters.Cluster) string {
	t.Helper()
	var text strings.Builder
	for _, c := range all {
		for _, name := range []string{"istio-remote-secret-east", "istio-remote-secret-west", "mesh-reader-east-token-1", "mesh-reader-west-token-1"} {
			text.WriteString(c.Name + " " + name + " " + secrets(t, c)[name].ResourceVersion + "\n")
		}
		inventory, err := client(t, c).CoreV1().ConfigMaps("istio-system").Get(t.Context(), "mesh-inventory-shop", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(c.Name + " inventory " + inventory.ResourceVersion + "\n")
	}
	return text.String()
}

func testApplyPin(t *testing.T, w workspace, all []*clusters.Cluster) {
	w.mustRun(t, "render", "--apply", "--pin")
	w.wantPinned(t, all...)
	text := w.read(t, stateFile)
	w.write(t, stateFile, strings.ReplaceAll(text, uid(t, all[0]), "00000000-0000-0000-0000-000000000000"))
	defer w.write(t, stateFile, text)
	got := w.run(t, "render", "--apply")
	got.wantCode(t, 2)
	got.wantSaid(t, `error: east: context "admin@east" points at another cluster`, "hint: nothing was changed in any cluster")
}

func testApplyConflict(t *testing.T, w workspace, all []*clusters.Cluster) {
	patch := []byte(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"istio-remote-secret-west","labels":{"istio/multiCluster":"false"}}}`)
	force := true
	_, err := client(t, all[0]).CoreV1().Secrets("istio-system").Patch(t.Context(), "istio-remote-secret-west", types.ApplyPatchType, patch,
		metav1.PatchOptions{FieldManager: "somebody", Force: &force})
	if err != nil {
		t.Fatal(err)
	}
	got := w.run(t, "render", "--apply")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: east: Secret istio-system/istio-remote-secret-west: 1 field conflict",
		`.metadata.labels.istio/multiCluster: conflict with "somebody"`, "hint: nothing was changed in any cluster\n")
	w.mustRun(t, "render", "--apply", "--force-conflicts")
	if label := secrets(t, all[0])["istio-remote-secret-west"].Labels["istio/multiCluster"]; label != "true" {
		t.Errorf("label: got %q, want true", label)
	}
}

func testApplyUnmanaged(t *testing.T, w workspace, all []*clusters.Cluster) {
	unmanaged := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "istio-remote-secret-old", Labels: map[string]string{
		"istio/multiCluster": "true", "istio.io/owned-by": "mesh.googleapis.com"}}, StringData: map[string]string{"old": "x"}}
	if _, err := client(t, all[0]).CoreV1().Secrets("istio-system").Create(t.Context(), unmanaged, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	got := w.mustRun(t, "render", "--apply", "--prune")
	got.wantSaid(t, "warning: east: Secret istio-system/istio-remote-secret-old (clusters old) was created by Google's managed mesh, and istiod reads it",
		"hint: if it is not needed: kubectl --context=admin@east -n istio-system delete secret istio-remote-secret-old")
	if _, there := secrets(t, all[0])["istio-remote-secret-old"]; !there {
		t.Error("an unmanaged secret was removed")
	}
}

func testApplyDown(t *testing.T, w workspace, all []*clusters.Cluster) {
	all[1].Kill()
	before := versions(t, []*clusters.Cluster{all[0], all[2]})
	w.write(t, "mesh.yaml", strings.ReplaceAll(w.read(t, "mesh.yaml"), "name: shop ", "name: shop2 "))
	got := w.run(t, "render", "--apply")
	w.write(t, "mesh.yaml", strings.ReplaceAll(w.read(t, "mesh.yaml"), "name: shop2 ", "name: shop "))
	got.wantCode(t, 1)
	got.wantSaid(t, "error: north: ", "hint: nothing was changed in any cluster")
	if after := versions(t, []*clusters.Cluster{all[0], all[2]}); after != before {
		t.Error("something was changed")
	}
}

// testApplyPrune: north has left the mesh, and its API server is dead.
func testApplyPrune(t *testing.T, w workspace, all []*clusters.Cluster) {
	text := w.read(t, "mesh.yaml")
	start := strings.Index(text, "    - name: north")
	end := start + strings.Index(text[start:], "    - name: west")
	w.write(t, "mesh.yaml", text[:start]+text[end:])
	got := w.mustRun(t, "render", "--apply")
	got.wantSaid(t, "warning: east: 5 objects are no longer in the mesh: Secret istio-system/istio-remote-secret-north, ")
	got = w.mustRun(t, "render", "--apply", "--prune")
	got.wantSaid(t, "east: deletes Secret istio-system/istio-remote-secret-north", "east: 0 created, 0 changed, 8 unchanged, 5 removed")
	for _, c := range []*clusters.Cluster{all[0], all[2]} {
		for name := range secrets(t, c) {
			if strings.Contains(name, "north") {
				t.Errorf("%s: Secret %s is left", c.Name, name)
			}
		}
		for _, kind := range []string{"clusterrolebindings", "rolebindings", "serviceaccounts"} {
			if out := serves(t, c, resourcePath(kind)); strings.Contains(out, "mesh-reader-north") {
				t.Errorf("%s: %s of north are left", c.Name, kind)
			}
		}
	}
}

func resourcePath(kind string) string {
	switch kind {
	case "clusterrolebindings":
		return "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
	case "rolebindings":
		return "/apis/rbac.authorization.k8s.io/v1/namespaces/istio-system/rolebindings"
	}
	return "/api/v1/namespaces/istio-system/" + kind
}
