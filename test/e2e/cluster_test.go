package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestCluster asks what the program shows of pkg/cluster and pkg/apply with difficulty only.
func TestCluster(t *testing.T) {
	east := clusters.Start(t, "east")[0]
	reader, err := cluster.Open(east.Config())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("token errors", func(t *testing.T) { testTokenErrors(t, east, reader) })
	t.Run("token requests", func(t *testing.T) { testTokenRequests(t, east) })
	t.Run("an end of the context", func(t *testing.T) { testCanceled(t, reader) })
	t.Run("a cluster that another one serves", func(t *testing.T) { testServed(t, east, reader) })
	t.Run("two control planes and none by default", func(t *testing.T) { testTwoRevisions(t, east, reader) })
	t.Run("garbage in the objects of Istio", func(t *testing.T) { testGarbage(t, east, reader) })
	t.Run("more nodes than fit on a page", func(t *testing.T) { testManyNodes(t, east, reader) })
}

func testTokenErrors(t *testing.T, east *clusters.Cluster, reader *cluster.Client) {
	opaque := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "opaque"}, StringData: map[string]string{"token": "hush"}}
	must(t)(client(t, east).CoreV1().Secrets("default").Create(t.Context(), opaque, metav1.CreateOptions{}))
	if _, err := reader.Token(t.Context(), "default", "nothing"); !apierrors.IsNotFound(err) {
		t.Errorf("no Secret: got %v", err)
	}
	_, err := reader.Token(t.Context(), "default", "opaque")
	want := `read token secret default/opaque: it is of type "Opaque", not kubernetes.io/service-account-token`
	if err == nil || err.Error() != want {
		t.Errorf("another type: got %v, want %s", err, want)
	}
}

func testTokenRequests(t *testing.T, east *clusters.Cluster) {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "reader"}}
	must(t)(client(t, east).CoreV1().ServiceAccounts("default").Create(t.Context(), account, metav1.CreateOptions{}))
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "bound"}}
	must(t)(client(t, east).CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{}))
	ask := apply.TokenRequest{Namespace: "default", Account: "reader", Secret: "bound", Duration: time.Hour}
	token, expiry, err := apply.RequestToken(t.Context(), east.Config(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(expiry); left < 59*time.Minute || left > 61*time.Minute {
		t.Errorf("expiry: got %s, want in an hour", expiry)
	}
	if got := userOf(t, east, token.Reveal()); got != "system:serviceaccount:default:reader" {
		t.Errorf("the token is of %s", got)
	}
	if text := fmt.Sprintf("%v %+v %#v", token, token, token); strings.Contains(text, "eyJ") {
		t.Error("the token prints")
	}
	if claims, _ := token.Claims(); claims.Secret != "bound" {
		t.Errorf("the token is bound to %q", claims.Secret)
	}
	ask.Account = "nobody"
	if _, _, err := apply.RequestToken(t.Context(), east.Config(), ask); !apierrors.IsNotFound(err) {
		t.Errorf("no account: got %v", err)
	}
	ask.Account, ask.Secret = "reader", "nothing"
	if _, _, err := apply.RequestToken(t.Context(), east.Config(), ask); !apierrors.IsNotFound(err) {
		t.Errorf("no Secret: got %v", err)
	}
	if err := client(t, east).CoreV1().Secrets("default").Delete(t.Context(), "bound", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	config := rest.AnonymousClientConfig(east.Config())
	config.BearerToken = token.Reveal()
	reader, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the token ends with its Secret", func(ctx context.Context) bool {
		_, err := reader.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		return apierrors.IsUnauthorized(err)
	})
}

func testCanceled(t *testing.T, reader *cluster.Client) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reader.UID(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("UID: got %v", err)
	}
	if _, _, err := reader.Facts(ctx, cluster.Ask{Namespace: istioNamespace}); !errors.Is(err, context.Canceled) {
		t.Errorf("Facts: got %v, want the end of the context and no notes", err)
	}
}

// read returns facts, and the notes that are about Istio.
func read(t *testing.T, reader *cluster.Client, ask cluster.Ask) (cluster.Facts, []string) {
	t.Helper()
	facts, notes, err := reader.Facts(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, note := range notes {
		if !strings.Contains(note.What, "Gateways") {
			texts = append(texts, note.String())
		}
	}
	return facts, texts
}

func testServed(t *testing.T, east *clusters.Cluster, reader *cluster.Client) {
	createIstioNamespace(t, east)
	publishRoots(t, east, newRoot(t))
	facts, notes := read(t, reader, cluster.Ask{Namespace: istioNamespace, Served: true})
	if len(facts.RootSHA256) != 1 || facts.Istio != (cluster.Istio{}) {
		t.Errorf("facts: got %+v, want the root only", facts)
	}
	if notes != nil { // such a cluster never has a ConfigMap istio: the chart leaves it out
		t.Errorf("notes: got %q, want none", notes)
	}
}

func testTwoRevisions(t *testing.T, east *clusters.Cluster, reader *cluster.Client) {
	old := istiod{revision: "1-29", image: "istio/pilot:1.29.0", clusterID: "east", meshConfig: "trustDomain: old.example"}
	old.install(t, east)
	facts, notes := read(t, reader, cluster.Ask{Namespace: istioNamespace})
	want := cluster.Istio{Found: true, Version: "1.29.0", Revision: "1-29", ClusterID: "east", TrustDomain: "old.example"}
	if facts.Istio != want || notes != nil {
		t.Errorf("the only one: got %+v, %q, want %+v", facts.Istio, notes, want)
	}
	istiod{revision: "1-30", image: "istio/pilot:1.30.0", meshConfig: "defaultConfig: {meshId: shop}"}.install(t, east)
	facts, notes = read(t, reader, cluster.Ask{Namespace: istioNamespace})
	if why := []string{"Istio: namespace istio-system has control planes of revisions 1-29, 1-30: select one of them"}; !slices.Equal(notes, why) {
		t.Errorf("notes: got %q, want %q", notes, why)
	}
	if facts.Istio != (cluster.Istio{}) {
		t.Errorf("one of two: got %+v", facts.Istio)
	}
	facts, _ = read(t, reader, cluster.Ask{Namespace: istioNamespace, Revision: "1-30"})
	if want := (cluster.Istio{Found: true, Version: "1.30.0", Revision: "1-30", MeshID: "shop"}); facts.Istio != want {
		t.Errorf("the declared one: got %+v, want %+v", facts.Istio, want)
	}
}

func testGarbage(t *testing.T, east *clusters.Cluster, reader *cluster.Client) {
	istiod{revision: "bad", image: "registry:5000/pilot", meshConfig: "- a list"}.install(t, east)
	configs := client(t, east).CoreV1().ConfigMaps(istioNamespace)
	roots, err := configs.Get(t.Context(), "istio-ca-root-cert", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	roots.Data["root-cert.pem"] += "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"
	must(t)(configs.Update(t.Context(), roots, metav1.UpdateOptions{}))
	facts, notes := read(t, reader, cluster.Ask{Namespace: istioNamespace, Revision: "bad"})
	want := []string{
		"the version of Istio: neither image registry:5000/pilot nor the labels of Deployment istiod-bad contain it",
		"the mesh configuration of Istio: key mesh of ConfigMap istio-bad is not a mesh configuration",
		"Istio's roots: the key root-cert.pem of ConfigMap istio-ca-root-cert contains data other than certificates",
	}
	if !slices.Equal(notes, want) {
		t.Errorf("notes: got %q, want %q", notes, want)
	}
	if facts.Istio != (cluster.Istio{Found: true, Revision: "bad"}) || facts.RootSHA256 != nil {
		t.Errorf("facts: got %+v", facts)
	}
}

// testManyNodes: 500 fit on a page; the last one is on the second.
func testManyNodes(t *testing.T, east *clusters.Cluster, reader *cluster.Client) {
	for i := range 512 {
		addNode(t, east, fmt.Sprintf("node-%03d", i), fmt.Sprintf("10.%d.%d.0/24", 8+i/256, i%256))
	}
	facts, _ := read(t, reader, cluster.Ask{Namespace: istioNamespace})
	if want := []string{"10.8.0.0/15"}; !slices.Equal(facts.PodCIDRs, want) {
		t.Errorf("pod ranges: got %v, want %v", facts.PodCIDRs, want)
	}
	for i := range 101 {
		addNode(t, east, fmt.Sprintf("far-%03d", i), fmt.Sprintf("10.20.%d.0/24", 2*i))
	}
	facts, notes := read(t, reader, cluster.Ask{Namespace: istioNamespace})
	if facts.PodCIDRs != nil || !slices.Contains(notes, "the pod ranges: the nodes report 102 of them, too many to record: set the range that contains them by hand") {
		t.Errorf("scattered pod ranges: got %v, %q", facts.PodCIDRs, notes)
	}
}
