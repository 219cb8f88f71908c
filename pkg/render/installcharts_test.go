package render_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestBrokenGatewaySchema: the printed command works with Helm 3.18.5, and says what it takes.
func TestBrokenGatewaySchema(t *testing.T) {
	for version, want := range map[string]bool{"1.20.8": false, "1.24.6": true, "1.25.5": false, "1.26.3": true, "1.27.0": true, "1.27.1": false} {
		in := load(t, fmt.Sprintf(`
  clusters:
  - {name: east, network: n1, istio: {version: %q}, gateway: {api: istio, addresses: [203.0.113.1]}, api: {server: "https://203.0.113.10"}}
  - {name: west, network: n2, gateway: {addresses: [203.0.113.2]}, api: {server: "https://203.0.113.20"}}
`, version))
		page := string(trees(t, in)["deploy/INSTALL.md"])
		command := "--version " + version + " --skip-schema-validation --values deploy/helm/east/gateway.yaml --wait"
		if !strings.Contains(page, "deploy/helm/east/gateway.yaml") {
			t.Fatalf("%s: no gateway is installed:\n%s", version, page)
		}
		if strings.Contains(page, command) != want || strings.Count(page, "--skip-schema-validation") > 1 || strings.Contains(page, "requires Helm 3.16 or later") != want {
			t.Errorf("%s: want the flag: %t\n%s", version, want, page)
		}
	}
}
