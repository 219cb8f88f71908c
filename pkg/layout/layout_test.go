package layout_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// TestWorkspace reads as the directory of a mesh in which east reads west.
func TestWorkspace(t *testing.T) {
	check(t, []place{
		{"the mesh", layout.MeshFile, "mesh.yaml"},
		{"rules for gitleaks", layout.GitleaksSettings, ".gitleaks.toml"},
		{"rules for sops", layout.SOPSSettings, ".sops.yaml"},
		{"facts of east", layout.Facts("east"), "clusters/east.yaml"},
		{"the cluster of a facts file", layout.ClusterOfFacts("clusters/east.yaml"), "east"},

		{"the roots", layout.RootCertificate(), "trust/root-cert.pem"},
		{"certificates of east", layout.TrustDir("east"), "trust/east"},
		{"one of them", layout.TrustFile("east", "ca-cert.pem"), "trust/east/ca-cert.pem"},
		{"the request for one", layout.SigningRequest("east"), "trust/east/ca.csr"},

		{"all ciphertext", layout.SealedDir(""), "sealed/"},
		{"ciphertext of east", layout.SealedDir("east"), "sealed/east/"},
		{"one of its files", layout.SealedFile("east", "cacerts.yaml"), "sealed/east/cacerts.yaml"},

		{"what keeps git out", layout.CredentialsIgnore(), "credentials/.gitignore"},
		{"the key that recognizes ciphertext", layout.SourceKey(), "credentials/sealing.key"},
		{"the key of the root", layout.RootKey("root-key.pem", false), "credentials/root-key.pem"},
		{"the same under a passphrase", layout.RootKey("root-key.pem", true), "credentials/root-key.pem.age"},
		{"the key with which east signs", layout.SigningKey("east"), "credentials/east/ca-key.pem"},
		{"how east reads west", layout.CredentialDir("west", "east"), "credentials/west/east"},
		{"by a token", layout.Token("west", "east"), "credentials/west/east/token"},
		{"by a certificate", layout.ClientCertificate("west", "east", 1), "credentials/west/east/client.crt"},
		{"by its second one", layout.ClientCertificate("west", "east", 2), "credentials/west/east/client-2.crt"},
		{"the key of a certificate", layout.ClientKey("west", "east", 1), "credentials/west/east/client.key"},
		{"the key of the second one", layout.ClientKey("west", "east", 2), "credentials/west/east/client-2.key"},
		{"the request for a certificate", layout.ClientRequest("west", "east"), "east-west.csr"},
		{"overlays with credentials", layout.PrivateTree(), "credentials/overlays"},

		{"a file of the reviewed tree", layout.Deployed(layout.Lock), "deploy/mesh.lock"},
	})
}

// TestTree reads as a rendered tree.
func TestTree(t *testing.T) {
	check(t, []place{
		{"the list of files", layout.Lock, "mesh.lock"},
		{"what to do", layout.Install, "INSTALL.md"},
		{"the same in several clusters", layout.Base, "base"},
		{"what east gets", layout.Overlay("east"), "overlays/east"},
		{"its entry", layout.OverlayFile("east", layout.Kustomization), "overlays/east/kustomization.yaml"},
		{"its namespace", layout.OverlayFile("east", layout.Namespace), "overlays/east/namespace.yaml"},
		{"its certificates", layout.OverlayFile("east", layout.CACerts), "overlays/east/cacerts.yaml"},
		{"its remote secret", layout.OverlayFile("east", layout.RemoteSecret("west")), "overlays/east/remote-secret-west.yaml"},
		{"its values", layout.HelmDir("east"), "helm/east"},
		{"those of one chart", layout.HelmValues("east", "istiod"), "helm/east/istiod.yaml"},
		{"its options of asmcli", layout.AsmcliOverlay("east"), "helm/east/asmcli.yaml"},
		{"whom its API server trusts", layout.AuthenticationFile("east"), "authentication/east.yaml"},
		{"documents of one issuer", layout.IssuerDocuments("west", "east"), "authentication/west/east"},
		{"those of all its issuers", layout.IssuerDocuments("west", ""), "authentication/west"},

		{"the firewall of a VPC network", layout.FirewallScript, "gcloud/firewall.sh"},
		{"who reaches an API server", layout.AccessScript, "gcloud/access.sh"},
		{"the fleet", layout.FleetScript, "gcloud/fleet.sh"},
		{"all of it back", layout.TeardownScript, "gcloud/teardown.sh"},
		{"what they share", layout.ScriptLibrary, "gcloud/lib.sh"},
		{"what they do", layout.ScriptData, "gcloud/mesh.sh"},
		{"the firewall for Config Connector", layout.ConnectorRules("example.com:shop", "vpc"), "firewall/config-connector/example.com_shop_vpc.yaml"},
		{"for Terraform", layout.TerraformRules("example.com:shop", "vpc"), "firewall/terraform/example.com_shop_vpc.tf"},
		{"for people", layout.FirewallTable, "firewall/firewall.md"},
		{"for everything else", layout.FirewallCSV, "firewall/firewall.csv"},
	})
	if diff := cmp.Diff([]string{"INSTALL.md", "README.md", "gcloud/", "firewall/"}, layout.CloudScopes()); diff != "" {
		t.Errorf("what follows from all clusters (-want +got):\n%s", diff)
	}
}

// place is what is where.
type place struct{ what, got, want string }

// check compares, and finds what would be written twice.
func check(t *testing.T, places []place) {
	t.Helper()
	seen := map[string]string{}
	for _, place := range places {
		if place.got != place.want {
			t.Errorf("%s: got %s, want %s", place.what, place.got, place.want)
		}
		if other := seen[place.got]; other != "" {
			t.Errorf("%s and %s are both in %s", other, place.what, place.got)
		}
		seen[place.got] = place.what
	}
}

func TestKinds(t *testing.T) {
	for name, want := range map[string]bool{"token": true, "client.crt": true, "client-2.key": true, "tokens": false, ".gitignore": false, "ca-key.pem": false} {
		if got := layout.IsCredential(name); got != want {
			t.Errorf("%s is a credential: got %t", name, got)
		}
	}
}

// TestInScope: a rendering of one cluster says nothing of the files of another.
func TestInScope(t *testing.T) {
	east := layout.Tree{Scope: []string{"overlays/east/", "INSTALL.md"}}
	for path, want := range map[string]bool{"overlays/east/namespace.yaml": true, "INSTALL.md": true,
		"overlays/east-2/namespace.yaml": false, "overlays/west/namespace.yaml": false, "mesh.lock": false} {
		if got := east.InScope(path); got != want {
			t.Errorf("%s: got %t", path, got)
		}
		if !(layout.Tree{}).InScope(path) {
			t.Errorf("%s is not in scope of a whole tree", path)
		}
	}
}

func TestSort(t *testing.T) {
	tree := layout.Tree{Files: []layout.File{{Path: "overlays/b"}, {Path: "INSTALL.md"}, {Path: "overlays/a"}}}
	tree.Sort()
	if diff := cmp.Diff([]layout.File{{Path: "INSTALL.md"}, {Path: "overlays/a"}, {Path: "overlays/b"}}, tree.Files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
