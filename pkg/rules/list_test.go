package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// The IDs stand in waivers, in scripts and in links to docs/rules.md. An ID never changes its
// meaning: a rule that goes leaves its line here, marked as gone, and a new rule gets a new ID.
// A severity only ever falls, or a mesh that was rendered yesterday stops. The one that rose is MESH040: a credential that
// never expires and reads every Secret of a cluster is a decision of its owner, and a warning decided for them. One line
// of mesh.yaml makes it, and the finding prints that line.
func TestIDsNeverChangeTheirMeaning(t *testing.T) {
	const want = `
MESH001 error          Two clusters have the same API server
MESH002 warning        A cluster has no link
MESH003 incomplete firm   A target cluster has no API server address
MESH004 error          Pod ranges of one network overlap
MESH005 incomplete        A required gateway address is unknown
MESH006 error          A peer can never reach the API server's address
MESH007 error          Trust domains differ without aliases
MESH008 error          The Istio version does not support a feature in use
MESH009 error          Only some clusters set a network
MESH010 warning        A facts file has no cluster
MESH011 warning        A target cluster has no CA
MESH012 warning        A consumer in another network reads a private API server address
MESH013 warning firm   A waiver matches nothing
MESH014 gone           This release does not render what the mesh asks for
MESH015 gone           This release does not render east-west gateways
MESH016 warning        A token belongs to another account than the declared reader
MESH017 warning        A credential is accessible to other users
MESH018 error          An ambient network does not have exactly one gateway that its callers discover
MESH019 warning        A declared gateway is not used
MESH020 error          No controller deploys such a gateway
MESH021 error   firm   A peer has several addresses
MESH022 error          A peer has no network
MESH023 error          A control plane cannot serve this remote cluster
MESH024 warning        Sidecar and ambient clusters call each other across networks
MESH025 warning        Required values of Solo's charts are not set
MESH026 error          A fleet cannot discover its clusters
MESH027 error          Callers do not learn the node port
MESH028 warning        A cluster differs from a setting for all clusters
MESH029 error   firm   istiod would reject the certificates
MESH030 incomplete        Certificates are missing for some clusters
MESH031 warning        A signing certificate expires soon
MESH032 warning        The issuer of the certificates is not set
MESH033 error          An API server cannot trust the issuer of a reader
MESH034 error          A cluster signs no client certificates
MESH035 error          A control plane expects a namespace that its peer does not have
MESH036 warning        The certificate of a SealedSecrets controller has expired
MESH037 warning        A sealed file is missing or does not match mesh.yaml
MESH038 error   firm   A sealed file is not encrypted, or is another object
MESH039 warning        A sealed file is orphaned
MESH040 error          Reader tokens never expire
MESH041 warning        A consumer's credential for a linked target is revoked
MESH042 warning        A reader credential expires soon
MESH043 warning        readerGenerations names an unknown reader
MESH044 error          An API server cannot have the admission policy
MESH046 warning        Firewall rules open every TCP port
MESH047 warning        No firewall rule can target the nodes of a cluster
MESH048 warning        The pod ranges of a caller are unknown
MESH049 warning        A private cluster's control plane cannot reach the injection webhook
MESH050 warning        The source addresses of a consumer are unknown
MESH051 warning        A firewall rule also opens an unlinked cluster
MESH052 error          Pod ranges of one VPC network overlap
MESH053 error          An API server has too many authorized networks
MESH054 error          A range includes every address
MESH056 error          Two clusters are the same GKE cluster
MESH057 warning        GKE's DNS endpoint accepts no ServiceAccount tokens
MESH058 error          GKE's DNS endpoint is verified with another CA
MESH059 error          A managed control plane cannot reach a private address
MESH060 error          A cluster is in another fleet
MESH061 warning        One VPC network has two names
MESH062 warning        Trust domains differ from the fleet's
MESH063 error   firm   Two clusters have the same ID
MESH064 warning        The fleet of Cloud Service Mesh clusters is not set
MESH065 error   firm   A root in trust/ is not pinned
MESH066 warning        A cluster trusts a root that is not pinned
MESH067 warning        The roots of the mesh are not pinned
MESH068 warning        A pinned root is missing
MESH069 error          Two clusters sign with the same key
MESH070 warning        Trusted roots sign for no cluster
MESH071 warning        A root expires soon
MESH072 warning        A signing certificate is not valid yet
MESH073 warning        The Istio version has a severe known fault
MESH074 warning        The Istio version has a known fault
MESH075 warning        The Istio version is newer than the known releases
MESH076 warning        An image registry is being shut down
MESH077 error          A control plane runs with another cluster ID
MESH078 warning        A control plane runs with another mesh ID
MESH079 warning        Facts contradict mesh.yaml
MESH080 error          The certificates share no root with a cluster's workloads
MESH081 warning        A cluster ID is not a valid label value
MESH082 error   firm   The cluster ID of a peer Gateway is not a valid label value
MESH083 error          A proxy in front of the API server rejects the reader's credential
MESH084 warning        An API server is behind a path-based proxy
MESH085 error          A public Google endpoint is verified with another CA
MESH086 warning        An API server has a private name
MESH087 error   firm   A credential file has the wrong content
MESH088 warning        A primary without links serves other clusters
MESH089 error          Callers get a gateway address without its node port
MESH090 warning        A managed control plane may not read remote secrets
MESH091 incomplete        The clusters share no root of trust
MESH092 error          Linked clusters run with different roots
MESH093 warning        Callers discover a gateway address that is not declared
MESH094 warning        Callers discover only nodes with an ExternalIP
MESH095 error          A peer can never reach a gateway's address
MESH096 warning        A gateway has a private name
MESH097 error          Two networks have the same gateway address
MESH098 warning        A cluster has istiod's default ID
MESH100 error          A caller does not learn the addresses of a gateway
MESH101 warning        A caller's pods cannot use the IP family of a gateway
`
	got, there := "\n", ""
	for line := range strings.Lines(want) {
		if id, ok := strings.CutSuffix(strings.SplitAfter(line, " gone")[0], " gone"); !ok {
			there += line
		} else if rule, ok := rules.Find(id); ok {
			t.Errorf("%s has gone, and its ID is that of %q", id, rule.Title)
		}
	}
	for _, rule := range rules.All() {
		firm := ""
		if rule.Firm {
			firm = "firm"
		}
		got += fmt.Sprintf("%s %-7s %-6s %s\n", rule.ID, rule.Severity, firm, rule.Title)
	}
	if diff := cmp.Diff(there, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestIDs(t *testing.T) {
	ids := rules.IDs()
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("IDs() = %v: not sorted, or one is there twice", ids)
	}
	if len(ids) != len(rules.All()) {
		t.Errorf("%d IDs of %d rules", len(ids), len(rules.All()))
	}
	for _, id := range ids {
		if rule, ok := rules.Find(id); !ok || rule.ID != id {
			t.Errorf("Find(%s) = %s, %t", id, rule.ID, ok)
		}
	}
	for _, id := range []string{"", "mesh001", "MESH000", "MESH1"} {
		if rule, ok := rules.Find(id); ok || rule.ID != "" {
			t.Errorf("Find(%q) = %s, %t, want none", id, rule.ID, ok)
		}
	}
}

// TestTexts: they are read in a terminal and in docs/rules.md, and mean the same there.
func TestTexts(t *testing.T) {
	for _, rule := range rules.All() {
		for name, text := range map[string]string{"title": rule.Title, "why": rule.Why, "remedy": rule.Remedy} {
			switch {
			case text == "":
				t.Errorf("%s has no %s", rule.ID, name)
			case strings.Join(strings.Fields(text), " ") != text:
				t.Errorf("the %s of %s is no single paragraph, or has a space too many:\n%s", name, rule.ID, text)
			case strings.ContainsAny(text, "<>*`[]|\\#~"):
				t.Errorf("the %s of %s has a character with a meaning in Markdown:\n%s", name, rule.ID, text)
			case strings.HasSuffix(rule.Title, "."):
				t.Errorf("the title of %s ends in a full stop", rule.ID)
			}
		}
	}
}
