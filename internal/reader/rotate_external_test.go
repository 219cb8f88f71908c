package reader_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
)

// store stands in for a secret store and External Secrets: the remote secret in east gets the token of a generation.
func (h *fixture) store(generation string) {
	h.t.Helper()
	external := h.East.Get("externalsecrets", "istio-system/istio-remote-secret-west")
	if external == nil {
		h.t.Fatal("east has no ExternalSecret")
	}
	template, _, _ := unstructured.NestedString(external.Object, "spec", "target", "template", "data", "west")
	if !strings.Contains(template, "{{.token|trim}}") {
		h.t.Fatalf("the template is %q", template)
	}
	config := strings.Replace(template, "{{.token|trim}}", h.issued(generation), 1)
	h.East.Put("{apiVersion: v1, kind: Secret, metadata: {namespace: istio-system, name: istio-remote-secret-west, " +
		"labels: {istio/multiCluster: 'true'}}, data: {west: " + base64.StdEncoding.EncodeToString([]byte(config)) + "}}")
}

// TestRotateExternal: nobody here writes to the store, so the rotation stops for its owner, and the same command goes on.
func TestRotateExternal(t *testing.T) {
	const hand = "store the token of Secret istio-system/mesh-reader-east-token-2 in west as property token of entry shop/west/mesh-reader-east; " +
		"External Secrets picks it up within 15 minutes | the old credential is unchanged; to continue: " + rotate + " --apply"
	h := rolledOut(t, westWith("reader: {auth: external, external: {secretStoreRef: {name: vault}}}"))
	h.store("1")
	for _, step := range []struct {
		name    string
		prepare func()
		want    []string
		held    string
		count   []int32
	}{
		{"the store has the old one", func() {}, []string{"the secret store has not delivered generation 2 to east yet: " +
			`its credential belongs to "mesh-reader-east-token-1", not to generation 2, which is "mesh-reader-east-token-2" | ` + hand}, "1", []int32{1, 2}},
		{"nothing has been delivered", func() { h.East.Remove("secrets", "istio-system/istio-remote-secret-west") }, []string{
			"the secret store has not delivered generation 2 to east yet: east has no remote secret for west | " + hand}, "", []int32{1, 2}},
		{"the new one is there", func() { h.store("2") }, nil, "2", []int32{2}},
	} {
		step.prepare()
		err := reader.Rotate(t.Context(), h.rotation())
		if diff := cmp.Diff(step.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
		if want := h.issued(step.held); h.held() != want || !slices.Equal(h.counting(), step.count) {
			t.Errorf("%s: east has %q, want %q; recorded is %v", step.name, h.held(), want, h.counting())
		}
	}
	if h.issued("1") != "" {
		t.Error("west still knows the old token")
	}
	for name := range h.Files() {
		if strings.HasPrefix(name, "credentials/") && !strings.HasSuffix(name, ".gitignore") {
			t.Errorf("the workspace holds %s", name)
		}
	}
}

// TestRevokeExternal: the ExternalSecret goes, and with it the Secret; the entry of the store is its owner's.
func TestRevokeExternal(t *testing.T) {
	h := rolledOut(t, westWith("reader: {auth: external, external: {secretStoreRef: {name: vault}}}"))
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(h.Problems(err))
	}
	if h.issued("1") != "" || h.East.Get("externalsecrets", "istio-system/istio-remote-secret-west") != nil {
		t.Errorf("west still knows %q, or east still asks the store", h.issued("1"))
	}
	for _, want := range []string{"east: removed ExternalSecret istio-system/istio-remote-secret-west",
		"left to the owner: (store): delete entry shop/west/mesh-reader-east", "east-west is revoked"} {
		if !slices.Contains(h.Messages, want) {
			t.Errorf("got %q, want %q among it", h.Messages, want)
		}
	}
}
