package cli_test

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// report is an entry of testdata/reports: what somebody did, as far as it reached this program, and the right outcome.
type report struct {
	// Report says in a few words what went wrong; Source is the address where it was messages, none for a slip that needs none;
	// Date is the day of it, for threads.
	Report, Source, Date string
	// East is what mesh.yaml says of one of two clusters, over what works, and Spec what it says beside; with neither
	// there is no mesh.yaml but one in Files.
	East, Spec map[string]any
	// Files are beside mesh.yaml; one of the name kubeconfig is the kubeconfig.
	Files map[string]string
	// Env are variables of the environment.
	Env map[string]string
	// Run is the command line; validate when it is left out. Exit is its exit code.
	Run  string
	Exit int
	// Says are texts that it prints, and Never texts that it does not.
	Says, Never []string
}

// TestReports: the cases of testdata/reports. A new one is an entry there.
func TestReports(t *testing.T) {
	tables, err := filepath.Glob("../../testdata/reports/*.yaml")
	if err != nil || len(tables) == 0 {
		t.Fatalf("no table of reports: %v", err)
	}
	for _, table := range tables {
		text, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		var reports []report
		if err := yaml.UnmarshalStrict(text, &reports); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(table), ".yaml"), func(t *testing.T) {
			for _, report := range reports {
				t.Run(report.Report, report.check)
			}
		})
	}
}

func (r report) check(t *testing.T) {
	if r.Source != "none" && !strings.HasPrefix(r.Source, "https://") || len(r.Says) == 0 {
		t.Fatal("a report has a source, and a text that is right")
	}
	if _, err := time.Parse(time.DateOnly, r.Date); err != nil && strings.HasPrefix(r.Source, "https://github.com/") {
		t.Fatalf("a thread has a date: %v", err)
	}
	enter(t, r.files(t))
	if _, ok := r.Files["kubeconfig"]; ok {
		t.Setenv("KUBECONFIG", "kubeconfig")
	}
	for name, value := range r.Env {
		t.Setenv(name, strings.ReplaceAll(value, ":", string(os.PathListSeparator)))
	}
	got := run(false, strings.Fields(cmp.Or(r.Run, "validate"))...)
	said := got.stdout + got.stderr
	if got.code != r.Exit {
		t.Errorf("exit %d, want %d:\n%s", got.code, r.Exit, said)
	}
	for _, text := range r.Says {
		if !strings.Contains(said, text) {
			t.Errorf("does not say %q:\n%s", text, said)
		}
	}
	for _, text := range r.Never {
		if strings.Contains(said, text) {
			t.Errorf("says %q:\n%s", text, said)
		}
	}
}

// files are those of the report, with the mesh.yaml that it describes.
func (r report) files(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{"clusters/api.crt": authority}
	maps.Copy(files, r.Files)
	if r.East == nil && r.Spec == nil {
		return files
	}
	east := map[string]any{"name": "east", "api": map[string]any{"server": "https://203.0.113.10", "certificateAuthority": "clusters/api.crt"}}
	west := map[string]any{"name": "west", "api": map[string]any{"server": "https://203.0.113.20", "certificateAuthority": "clusters/api.crt"}}
	maps.Copy(east, r.East)
	spec := map[string]any{"reader": map[string]any{"allowNonExpiring": true}, "trust": map[string]any{"ca": map[string]any{"provider": "none"}}, "clusters": []any{east, west}}
	maps.Copy(spec, r.Spec)
	text, err := yaml.Marshal(map[string]any{"apiVersion": "kubectl-mesh.dev/v1alpha1", "kind": "Mesh",
		"metadata": map[string]any{"name": "shop"}, "spec": spec})
	if err != nil {
		t.Fatal(err)
	}
	files["mesh.yaml"] = string(text)
	return files
}
