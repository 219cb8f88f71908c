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
MESH001 error          Two clusters have one API server
MESH002 warning        A cluster has no link
MESH003 incomplete firm   A cluster that is read has no API server address
MESH004 error          Pod ranges of one network overlap
MESH005 incomplete        A gateway address is needed and cannot be discovered
MESH006 error          A peer can never reach the API server's address
MESH007 error          Trust domains differ without aliases
MESH008 error          The Istio version lacks a feature in use
MESH009 error          Some clusters name their network and others do not
MESH010 warning        A facts file belongs to no cluster
MESH011 warning        A cluster that is read names no certificate authority
MESH012 warning        A private API server address is read from another network
MESH013 warning firm   A waiver matches nothing
MESH014 gone           This release does not render what the mesh asks for
MESH015 gone           This release does not render east-west gateways
MESH016 warning        A token belongs to another account than the declared reader
MESH017 warning        A credential is open to others
MESH018 error          An ambient network has not exactly one gateway that its callers find
MESH019 warning        A gateway is declared that nobody goes through
MESH020 error          Nobody deploys such a gateway
MESH021 error   firm   A peer has several addresses
MESH022 error          A peer has no network
MESH023 error          A control plane cannot serve this remote cluster
MESH024 warning        Sidecars and ambient meet across networks
MESH025 warning        What Solo's charts need is not said
MESH026 error          A fleet that does not find its clusters
MESH027 error          Callers do not learn the node port
MESH028 warning        A cluster is not what mesh.yaml says of all
MESH029 error   firm   istiod would refuse the certificates
MESH030 incomplete        Some clusters have certificates and others have none
MESH031 warning        A signing certificate ends soon
MESH032 warning        The authority of the certificates is not named
MESH033 error          An API server cannot trust the issuer of a reader
MESH034 error          A cluster signs no client certificates
MESH035 error          A control plane looks in a peer for a namespace that is not there
MESH036 warning        The certificate of a SealedSecrets controller has ended
MESH037 warning        What a cluster is to have sealed is not sealed, or not as mesh.yaml says
MESH038 error   firm   A sealed file is not sealed, or not the object of its name
MESH039 warning        A sealed file belongs to nothing that the mesh has
MESH040 error          Tokens of readers never expire
MESH041 warning        A control plane is cut off from a cluster that it should read
MESH042 warning        A credential of a reader ends soon
MESH043 warning        Generations are written of a reader that there is not
MESH044 error          An API server cannot have the admission policy
MESH046 warning        A firewall opens every TCP port, for want of the applications' own
MESH047 warning        No firewall rule can aim at the nodes of a cluster
MESH048 warning        A firewall does not know the pods of a caller
MESH049 warning        The webhook of a private cluster is out of reach of its control plane
MESH050 warning        An API server does not know from where it is read
MESH051 warning        A firewall rule opens a cluster that nobody may call there
MESH052 error          Pod ranges of one VPC network overlap
MESH053 error          An API server has too many authorized networks
MESH054 error          A range stands for every address
MESH056 error          Two clusters are one cluster of GKE
MESH057 warning        The DNS endpoint of GKE takes no tokens of service accounts
MESH058 error          The DNS endpoint of GKE is verified with another authority
MESH059 error          A control plane at Google cannot reach a private address
MESH060 error          A cluster is in another fleet
MESH061 warning        One VPC network has two names
MESH062 warning        Trust domains are not those of the fleet
MESH063 error   firm   Two clusters have one ID
MESH064 warning        Nothing says in which fleet clusters of Cloud Service Mesh are to be
MESH065 error   firm   A root in trust/ is not pinned
MESH066 warning        A cluster trusts a root that is not pinned
MESH067 warning        The roots of the mesh are not pinned
MESH068 warning        A pinned root is missing
MESH069 error          Two clusters sign with one key
MESH070 warning        Roots are trusted that sign for no cluster
MESH071 warning        A root expires soon
MESH072 warning        A signing certificate is not valid yet
MESH073 warning        The Istio version has a severe known fault
MESH074 warning        The Istio version has a known fault
MESH075 warning        The Istio version is newer than this program knows
MESH076 warning        An image registry is switched off
MESH077 error          A control plane runs with another cluster ID
MESH078 warning        A control plane runs with another mesh ID
MESH079 warning        Facts contradict mesh.yaml
MESH080 error          The certificates share no root with what a cluster runs with
MESH081 warning        No label can hold a cluster ID
MESH082 error   firm   A gateway is labelled with an ID that no label can hold
MESH083 error          A proxy before the API server does not accept the reader's credential
MESH084 warning        An API server is behind a proxy that goes by path
MESH085 error          A public name of Google is verified with another authority
MESH086 warning        An API server has a private name
MESH087 error   firm   A file of a credential holds something else
MESH088 warning        A control plane serves other clusters only
MESH089 error          Callers are told an address without its node port
MESH090 warning        A managed control plane may read no remote secrets
MESH091 incomplete        The clusters share no root of trust
MESH092 error          Linked clusters run with different roots
MESH093 warning        Callers discover another address of a gateway than the declared one
MESH094 warning        Callers discover nodes with an ExternalIP only
MESH095 error          A peer can never reach a gateway's address
MESH096 warning        A gateway has a private name
MESH097 error          Two networks are entered at one address
MESH098 warning        A cluster has the ID that every istiod has by default
MESH100 error          A caller does not learn the only addresses of a gateway
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
