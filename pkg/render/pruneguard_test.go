package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// annotated is of an object what reports whether GitOps may remove it.
type annotated struct {
	Kind, Type string
	Metadata   struct {
		Name        string
		Annotations map[string]string
	}
}

func (o annotated) guarded() bool {
	options := strings.Split(o.Metadata.Annotations["argocd.argoproj.io/sync-options"], ",")
	return o.Metadata.Annotations["kustomize.toolkit.fluxcd.io/prune"] == "disabled" && len(options) > 1 &&
		options[0] == "Prune=false" && options[1] == "Delete=false"
}

// losesState reports whether git cannot bring back what an object holds, or what is in it, once it is removed.
func (o annotated) losesState(newest map[string]bool) bool {
	switch o.Kind {
	case "Namespace":
		return o.Metadata.Name != render.SampleNamespace
	case "Secret", "SealedSecret", "ExternalSecret", "Certificate":
		return o.Metadata.Name == access.SigningSecret || newest[o.Metadata.Name]
	case "ConfigMap":
		return o.Metadata.Name == access.FleetOptions
	case "ServiceAccount":
		return newest[o.Metadata.Name]
	}
	return false
}

// In every scenario exactly the objects are guarded that git could not bring back.
func TestPruneGuards(t *testing.T) {
	seen := map[string]bool{}
	eachScenario(t, func(t *testing.T, s scenario) {
		s.Sample = true
		for _, name := range s.clusters() {
			cluster, _ := s.Graph.Cluster(name)
			newest := map[string]bool{}
			if access.UsesAccount(cluster) {
				for consumer := range s.Graph.Consumers(name) {
					newest[access.Account(cluster, consumer.Name)] = true
					newest[access.TokenSecret(cluster, consumer.Name, access.Generation(cluster, consumer.Name))] = true
				}
			}
			for _, object := range annotatedIn(t, s.Input, name) {
				if want := object.losesState(newest); object.guarded() != want {
					t.Errorf("%s: %s %s: guarded %t, want %t", name, object.Kind, object.Metadata.Name, object.guarded(), want)
				}
				if object.guarded() {
					seen[object.Kind] = true
				}
			}
		}
	})
	want := map[string]bool{"Namespace": true, "Secret": true, "ServiceAccount": true, "ConfigMap": true, "Certificate": true, "ExternalSecret": true}
	if diff := cmp.Diff(want, seen); diff != "" && !t.Failed() {
		t.Errorf("guarded in some scenario (-want +got):\n%s", diff)
	}
}

func annotatedIn(t *testing.T, in render.Input, cluster string) []annotated {
	t.Helper()
	var list struct{ Items []annotated }
	if err := json.Unmarshal([]byte(text(t, compile(t, in, cluster, render.Options{}), render.Overlay.JSON)), &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// A generation that is on its way out is no longer guarded: leaving it out of git is what ends it.
func TestPruneGuardsLeaveOldGenerations(t *testing.T) {
	in := load(t, `
  clusters:
  - {name: east, api: {server: "https://203.0.113.10"}}
  - {name: west, api: {server: "https://203.0.113.20"}, readerGenerations: {east: [1, 2]}}
`)
	for _, object := range annotatedIn(t, in, "west") {
		if want := object.Metadata.Name == "mesh-reader-east-token-2"; strings.HasPrefix(object.Metadata.Name, "mesh-reader-east-token-") && object.guarded() != want {
			t.Errorf("%s: guarded %t, want %t", object.Metadata.Name, object.guarded(), want)
		}
	}
}

// Every form of cacerts is guarded; a SealedSecret has the controller guard the Secret, too.
func TestPruneGuardsOfCacerts(t *testing.T) {
	for what, ca := range map[string]string{
		"Certificate":    "{provider: certManager, issuerRef: {name: root, kind: ClusterIssuer}}",
		"ExternalSecret": "{provider: external, external: {secretStoreRef: {name: vault, kind: ClusterSecretStore}}}",
	} {
		in := load(t, "\n  trust: {ca: "+ca+"}\n  clusters:\n  - {name: east, api: {server: \"https://203.0.113.10\"}}\n")
		found := false
		for _, object := range annotatedIn(t, in, "east") {
			if found = found || object.Kind == what; object.Kind == what && !object.guarded() {
				t.Errorf("%s %s: not guarded", object.Kind, object.Metadata.Name)
			}
		}
		if !found {
			t.Errorf("no %s is rendered", what)
		}
	}
	in := withKeys(t, load(t, "\n  trust: {ca: {provider: files}}\n  clusters:\n  - {name: east, api: {server: \"https://203.0.113.10\"}}\n"))
	plain, _, err := render.PlainSecrets(in, "east")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range pruneguard.Annotations() {
		if got := plain["cacerts.yaml"].Annotations[name]; got != value {
			t.Errorf("to be sealed: %s is %q, want %q", name, got, value)
		}
	}
}
