package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestInstall runs the commands of INSTALL.md as they are printed, those of Helm apart, with the real kubectl, until the
// clusters are joined. Run once more, they change nothing.
func TestInstall(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	clusters.InstallGatewayAPI(t, all...)
	w := newWorkspace(t, all, "- {name: east, context: admin@east, network: net-a, gateway: {addresses: [198.51.100.1]}}",
		"- {name: west, context: admin@west, network: net-b, gateway: {addresses: [198.51.100.2]}}")
	w.certify(t)
	w.mustRun(t, "ca", "init", "--insecure-no-passphrase")
	w.mustRun(t, "ca", "issue", "--all")
	w.mustRun(t, "collect", "--token=skip") // the API servers and their CAs
	w.mustRun(t, "render", "--output-dir", "deploy")
	commands := installCommands(w.read(t, "deploy/INSTALL.md"))
	if len(commands) < 20 {
		t.Fatalf("INSTALL.md has %d commands", len(commands))
	}

	for _, command := range commands {
		if strings.Contains(command, " wait gateways.") {
			for _, c := range all {
				programGateway(t, c)
			}
		}
		w.obey(t, command)
	}
	before := map[string]map[string]string{}
	for _, c := range all {
		before[c.Name] = contentOf(t, c)
		for _, name := range []string{"cacerts", "istio-remote-secret-" + other(c.Name)} {
			if _, found := secrets(t, c)[name]; !found {
				t.Errorf("%s has no Secret %s", c.Name, name)
			}
		}
	}
	for _, command := range commands {
		w.obey(t, command)
	}
	for _, c := range all {
		if diff := cmp.Diff(before[c.Name], contentOf(t, c)); diff != "" {
			t.Errorf("%s: the second run changes (-first +second):\n%s", c.Name, diff)
		}
	}
}

func other(name string) string {
	if name == "east" {
		return "west"
	}
	return "east"
}

// installCommands are the commands of a page up to the part that needs a running istiod, without Helm's, and without those
// that fetch a page.
func installCommands(page string) (commands []string) {
	page, _, _ = strings.Cut(page, "\n## Verify the mesh")
	for i, block := range strings.Split(page, "\n```") {
		if i%2 == 0 {
			continue
		}
		for line := range strings.Lines(strings.TrimPrefix(block, "sh\n")) {
			line = strings.TrimSpace(line)
			if line != "" && !strings.HasPrefix(line, "helm ") && !strings.Contains(line, "https://") {
				commands = append(commands, line)
			}
		}
	}
	return commands
}

// contentOf is what matters of the objects that commands of ours have applied.
func contentOf(t *testing.T, c *clusters.Cluster) map[string]string {
	t.Helper()
	content := map[string]string{}
	for name, object := range objectsOf(t, c) {
		content[name] = wanted(t, object)
	}
	return content
}

// programGateway stands in for istiod: it says of the east-west gateway that it is there.
func programGateway(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	objects, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	const status = `{"status": {"addresses": [{"type": "IPAddress", "value": "198.51.100.1"}], "conditions": [{"type": "Programmed",
		"status": "True", "reason": "Programmed", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}`
	gateways := objects.Resource(schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"})
	_, err = gateways.Namespace(istioNamespace).Patch(t.Context(), "istio-eastwestgateway", types.MergePatchType, []byte(status),
		metav1.PatchOptions{}, "status")
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
}
