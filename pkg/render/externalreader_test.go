package render_test

import (
	"strings"
	"testing"
	"text/template"

	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// What External Secrets makes of the template, with text/template and sprig's trim as it does, is
// the kubeconfig that istiod reads.
func TestExternalSecretBecomesAKubeconfig(t *testing.T) {
	in := externalPair(t)
	var secret struct {
		Spec struct {
			Target struct {
				Template struct {
					Data     map[string]string `json:"data"`
					Metadata struct {
						Labels map[string]string `json:"labels"`
					} `json:"metadata"`
				} `json:"template"`
			} `json:"target"`
		} `json:"spec"`
	}
	for _, m := range compile(t, in, "east", render.Options{}).Manifests {
		if m.Peer == "west" {
			text, err := render.Overlay{Manifests: []render.Manifest{m}}.YAML()
			if err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal(text, &secret); err != nil {
				t.Fatal(err)
			}
		}
	}
	made := secret.Spec.Target.Template
	program, err := template.New("").Funcs(template.FuncMap{"trim": strings.TrimSpace}).Parse(made.Data["west"])
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := program.Execute(&text, map[string]string{"token": "eyJ.fake.token\n"}); err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != "https://203.0.113.20" || config.BearerToken != "eyJ.fake.token" {
		t.Errorf("host %q, token %q", config.Host, config.BearerToken)
	}
	if len(made.Metadata.Labels) != 1 || made.Metadata.Labels["istio/multiCluster"] != "true" {
		t.Errorf("labels %v: with those of the mesh, --prune would delete what the store makes", made.Metadata.Labels)
	}
}

// A server's address must not become a program of External Secrets, not even that of a mesh that
// nobody has validated.
func TestExternalSecretRunsNoAddress(t *testing.T) {
	in := externalPair(t)
	cluster(t, in, "west").API.Server = "https://203.0.113.20/{{.ca}}"
	_, err := render.Compile(in, "east", render.Options{})
	const want = "render remote secret of west: its API server has {{ in its address, which External Secrets would run"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func externalPair(t *testing.T) render.Input {
	t.Helper()
	return load(t, `
  reader: {auth: external, external: {secretStoreRef: {name: vault}}}
  clusters:
  - {name: east, api: {server: "https://203.0.113.10"}}
  - {name: west, api: {server: "https://203.0.113.20"}}
`)
}
