package live

import (
	"encoding/pem"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// authority is a PEM text with a block for each name.
func authority(names ...string) []byte {
	var text []byte
	for _, name := range names {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte(name)})...)
	}
	return text
}

func TestProve(t *testing.T) {
	const server = "https://203.0.113.10"
	for _, test := range []struct {
		name        string
		pinned      string
		authorities map[string][]byte
		context     []byte
		want        Proof
	}{
		{"the pinned UID", "uid", nil, nil, ProvenByUID},
		{"another UID, whatever the authority", "other", map[string][]byte{"east": authority("a")}, authority("a"), Foreign},
		{"the declared authority", "", map[string][]byte{"east": authority("a"), "west": authority("b")}, authority("a"), ProvenByAuthority},
		{"the old one of two that are declared, while it is changed", "", map[string][]byte{"east": authority("old", "new")}, authority("old"), ProvenByAuthority},
		{"the new one of two that are declared", "", map[string][]byte{"east": authority("old", "new")}, authority("new"), ProvenByAuthority},
		{"both that are declared", "", map[string][]byte{"east": authority("old", "new")}, authority("new", "old"), ProvenByAuthority},
		{"an authority of two clusters", "", map[string][]byte{"east": authority("a"), "west": authority("b", "a")}, authority("a"), Unproven},
		{"one more than is declared", "", map[string][]byte{"east": authority("a")}, authority("a", "b"), Unproven},
		{"the context verifies with what the system trusts", "", map[string][]byte{"east": nil}, nil, Unproven},
		{"the address alone", "", map[string][]byte{"east": nil}, authority("a"), Unproven},
		{"nothing is declared", "", nil, authority("a"), Unproven},
	} {
		declared := &v1alpha1.Cluster{Name: "east", ClusterSpec: v1alpha1.ClusterSpec{UID: test.pinned}}
		declared.API.Server = server
		declared.API.CertificateAuthorityData = authority("a") // of a facts file
		config := &rest.Config{Host: server, TLSClientConfig: rest.TLSClientConfig{CAData: test.context}}
		if got := (Mesh{Authorities: test.authorities}).prove(declared, "uid", config); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestAuthorityOf(t *testing.T) {
	for _, test := range []struct {
		name        string
		authorities map[string][]byte
		context     []byte
		want        string
	}{
		{"of another one", map[string][]byte{"west": authority("a")}, authority("a"), "west"},
		{"of another one, and of nobody", map[string][]byte{"west": authority("a")}, authority("b", "a"), "west"},
		{"of both", map[string][]byte{"east": authority("a"), "west": authority("a")}, authority("a"), ""},
		{"of this one and of another one", map[string][]byte{"east": authority("a"), "west": authority("b")}, authority("a", "b"), "west"},
		{"of nobody", map[string][]byte{"west": authority("a")}, authority("b"), ""},
		{"what the system trusts", map[string][]byte{"west": authority("a")}, nil, ""},
	} {
		config := &rest.Config{TLSClientConfig: rest.TLSClientConfig{CAData: test.context}}
		if got := (Mesh{Authorities: test.authorities}).authorityOf("east", config); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestOneClusterHasOneName(t *testing.T) {
	clusters := (&Contexts{}).For(Mesh{Clusters: []*v1alpha1.Cluster{{Name: "west", ClusterSpec: v1alpha1.ClusterSpec{UID: "pinned"}}}})
	err := clusters.check(&Cluster{Cluster: &v1alpha1.Cluster{Name: "east"}, Context: "prod", UID: "pinned", Proof: ProvenByAuthority}, RequireProof)
	want := `context "prod" points at the same cluster as west: its UID is pinned`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
