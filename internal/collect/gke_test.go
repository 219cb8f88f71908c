package collect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// described is a cluster as gcloud prints it.
func described(project, location, name, version string) string {
	return `{"name": "` + name + `", "location": "` + location + `", "currentMasterVersion": "` + version + `", "selfLink": ` +
		`"https://container.googleapis.com/v1/projects/` + project + `/locations/` + location + `/clusters/` + name + `", "endpoint": "203.0.113.9"}`
}

func dump(t *testing.T, clusters ...string) gke.Dump {
	t.Helper()
	parsed, err := gke.Parse([]byte("[" + strings.Join(clusters, ",") + "]"))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

const onGKE = testmesh.Mesh + testmesh.Quiet + "  clusters:\n" +
	"  - {name: east, gke: {project: shop, location: europe-west1, cluster: prod}, api: {server: 'https://203.0.113.1'}}\n" +
	"  - {name: west, context: gke_shop_us-east1_prod, api: {server: 'https://203.0.113.2'}}\n"

// TestImportGKE finds each cluster by what mesh.yaml says of it, and writes what the dump says.
func TestImportGKE(t *testing.T) {
	h := testmesh.Offline(t, onGKE)
	in := func(dry bool, dump gke.Dump) collect.ImportInput {
		ws, _ := h.Open()
		return collect.ImportInput{Workspace: ws, Dump: dump, DryRun: dry, Log: h.Log}
	}
	printed := dump(t, described("shop", "europe-west1", "prod", "1.36.3-gke.100"), described("shop", "us-east1", "prod", "1.35.1-gke.7"), described("other", "us-east1", "lab", "1.35.1-gke.7"))
	changes, err := collect.ImportGKE(t.Context(), in(true, printed))
	if err != nil || len(h.Files()) > 0 {
		t.Fatalf("a dry run writes %v, %v", h.Files(), h.Problems(err))
	}
	again, err := collect.ImportGKE(t.Context(), in(false, printed))
	if err != nil {
		t.Fatal(h.Problems(err))
	}
	if diff := cmp.Diff(changes, again); diff != "" {
		t.Errorf("a dry run tells otherwise (-dry +done):\n%s", diff)
	}
	var said []string
	for _, change := range changes {
		for _, field := range change.Fields {
			if field.Field == "kubernetesVersion" || strings.HasPrefix(field.Field, "gke.location") {
				said = append(said, change.Cluster+" "+h.Normalize(change.File)+" "+field.Field+": "+field.Was+" > "+field.Is)
			}
		}
	}
	want := []string{"east clusters/east.yaml kubernetesVersion:  > v1.36.3-gke.100", "east clusters/east.yaml gke.location:  > europe-west1",
		"west clusters/west.yaml kubernetesVersion:  > v1.35.1-gke.7", "west clusters/west.yaml gke.location:  > us-east1"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantMessages := []string{"warning: mesh.yaml does not list 1 cluster of the files",
		"if they belong to the mesh, add them to spec.clusters, and import again:\n  - name: lab\n    gke: {project: other, location: us-east1, cluster: lab}\n"}
	if diff := cmp.Diff(wantMessages, h.Messages[len(h.Messages)-2:]); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}

	before := h.Files()
	if changes, err = collect.ImportGKE(t.Context(), in(false, printed)); err != nil || len(changes) != 2 || len(changes[0].Fields)+len(changes[1].Fields) > 0 {
		t.Errorf("a second time: %v, %v", changes, err)
	}
	if diff := cmp.Diff(before, h.Files()); diff != "" {
		t.Errorf("a second time (-before +after):\n%s", diff)
	}

	// A dump of one of them says nothing of the other.
	if _, err = collect.ImportGKE(t.Context(), in(false, dump(t, described("shop", "us-east1", "prod", "1.35.1-gke.7")))); err != nil || !slices.Contains(h.Messages, "east: not in the files") {
		t.Errorf("messages %q, %v", h.Messages, err)
	}
}

// TestImportKeeps what a person wrote, in the facts or in mesh.yaml.
func TestImportKeeps(t *testing.T) {
	h := testmesh.Offline(t, strings.Replace(onGKE, "name: east,", "name: east, kubernetesVersion: v1.30.0,", 1))
	h.Write("clusters/east.yaml", "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: east}\nspec:\n  network: vpc # ours\n")
	ws, _ := h.Open()
	if _, err := collect.ImportGKE(t.Context(), collect.ImportInput{Workspace: ws, Dump: dump(t, described("shop", "europe-west1", "prod", "1.36.3-gke.100")), Log: h.Log}); err != nil {
		t.Fatal(h.Problems(err))
	}
	if text := h.Files()["clusters/east.yaml"]; !strings.Contains(text, "  network: vpc # ours\n  kubernetesVersion: v1.36.3-gke.100\n") {
		t.Errorf("got\n%s", text)
	}
	if want := "warning: east: mesh.yaml sets kubernetesVersion: v1.30.0, but the gcloud output has v1.36.3-gke.100; mesh.yaml takes precedence"; !slices.Contains(h.Messages, want) {
		t.Errorf("got %q, want %q", h.Messages, want)
	}
}

// TestImportRefuses what nobody could use, or what somebody else writes at the same time.
func TestImportRefuses(t *testing.T) {
	for _, test := range []struct {
		name    string
		dump    gke.Dump
		prepare func(*testmesh.Fixture)
		want    []string
		input   bool
	}{
		{"no cluster", gke.Dump{}, func(*testmesh.Fixture) {}, []string{"the files contain no valid GKE cluster | " +
			"run: gcloud container clusters list --format=json"}, true},
		{"none of ours", dump(t, described("other", "us-east1", "lab", "1.35.1-gke.7")), func(*testmesh.Fixture) {}, []string{"mesh.yaml lists none of the clusters in the files | " +
			"add them to spec.clusters of mesh.yaml:\n  - name: lab\n    gke: {project: other, location: us-east1, cluster: lab}\n"}, true},
		{"somebody was faster", dump(t, described("shop", "europe-west1", "prod", "1.36.3-gke.100")), func(h *testmesh.Fixture) {
			h.Write("clusters/east.yaml", "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: east}\n")
		}, []string{"clusters/east.yaml: changed by another process: it did not exist | run the same command again: it then uses the current files"}, false},
	} {
		h := testmesh.Offline(t, onGKE)
		ws, _ := h.Open()
		test.prepare(h)
		before := h.Files()
		_, err := collect.ImportGKE(t.Context(), collect.ImportInput{Workspace: ws, Dump: test.dump, Log: h.Log})
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" || verdict.IsInput(err) != test.input {
			t.Errorf("%s: input %t (-want +got):\n%s", test.name, verdict.IsInput(err), diff)
		}
		if diff := cmp.Diff(before, h.Files()); diff != "" {
			t.Errorf("%s: written (-before +after):\n%s", test.name, diff)
		}
	}
}

// TestFirstMesh: a mesh.yaml of what gcloud has printed, each cluster with a name of its own.
func TestFirstMesh(t *testing.T) {
	want := testmesh.Mesh
	want = strings.Replace(want, "metadata: {name: shop}\n", "metadata:\n  name: shop\n", 1) + `  clusters:
    - name: prod
      gke: {project: shop, location: europe-west1, cluster: prod}
    - name: prod-us-east1
      gke: {project: shop, location: us-east1, cluster: prod}
`
	got := collect.FirstMesh(dump(t, described("shop", "us-east1", "prod", "1"), described("shop", "europe-west1", "prod", "1")))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
