package live

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// TestReadKubeconfigErrors name the file, and repeat nothing of it: there are tokens in it.
func TestReadKubeconfigErrors(t *testing.T) {
	dir := t.TempDir()
	files.Write(t, dir, map[string]string{
		"twice.yaml": "users:\n- {name: a, user: {token: hush}}\n- {name: a, user: {token: hush}}\n",
		"good.yaml":  "apiVersion: v1\nkind: Config\n",
	})
	twice, missing := filepath.Join(dir, "twice.yaml"), filepath.Join(dir, "no.yaml")
	for _, test := range []struct {
		name, file, variable string
		want                 []hint.Problem
	}{
		{"none at all", "", missing, nil},
		{"a good one", filepath.Join(dir, "good.yaml"), "", nil},
		{"one that does not exist", missing, "", []hint.Problem{{
			Text:     "read kubeconfig: stat " + missing + ": no such file or directory",
			Remedies: []string{"specify a readable kubeconfig: --kubeconfig FILE"}}}},
		{"a user twice", twice, "", []hint.Problem{{
			Text:     "read kubeconfig " + twice + ": not a valid kubeconfig",
			Remedies: []string{"kubectl config view --kubeconfig " + twice + " shows the problem"}}}},
		{"a user twice, in a list of files", "", filepath.Join(dir, "good.yaml") + ":" + twice, []hint.Problem{{
			Text:     "read kubeconfig " + twice + ": not a valid kubeconfig",
			Remedies: []string{"kubectl config view --kubeconfig " + twice + " shows the problem"}}}},
	} {
		t.Setenv("KUBECONFIG", test.variable)
		_, err := ReadKubeconfig(test.file)
		if diff := cmp.Diff(test.want, hint.List(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if err != nil && (!verdict.IsInput(err) || strings.Contains(err.Error(), "hush")) {
			t.Errorf("%s: got %v, want an error of input that keeps the token to itself", test.name, err)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		options Options
		want    []hint.Problem
	}{
		{Options{Timeout: "0"}, nil},
		{Options{Timeout: "10s", Impersonate: rest.ImpersonationConfig{UserName: "jane", Groups: []string{"a"}, UID: "1"}}, nil},
		{Options{Timeout: "soon"}, []hint.Problem{{
			Text: `invalid value "soon" for --request-timeout`, Remedies: []string{"use a duration such as 10s or 2m"}}}},
		{Options{Timeout: "0", Impersonate: rest.ImpersonationConfig{Groups: []string{"a"}}}, []hint.Problem{{
			Text: "--as-uid and --as-group require --as", Remedies: []string{"specify the user: --as USER"}}}},
		{Options{Timeout: "0", Impersonate: rest.ImpersonationConfig{UID: "1"}}, []hint.Problem{{
			Text: "--as-uid and --as-group require --as", Remedies: []string{"specify the user: --as USER"}}}},
	} {
		if diff := cmp.Diff(test.want, hint.List(test.options.Validate())); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", test.options, diff)
		}
	}
}

// TestAway: not everybody who shares a mesh.yaml has all of its contexts.
func TestAway(t *testing.T) {
	contexts := load(t, Options{})
	for context, want := range map[string]string{
		"good": "", "": "it has no context in mesh.yaml", "theirs": `its context "theirs" is not in the kubeconfig`,
	} {
		got := ""
		if err := contexts.Away(&v1alpha1.Cluster{ClusterSpec: v1alpha1.ClusterSpec{Context: context}}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("context %q: got %q, want %q", context, got, want)
		}
	}
}
