package changes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
)

// TestFingerprints are frozen: people have them in dashboards and in approvals. A sentence, a value and a line are no
// part of one.
func TestFingerprints(t *testing.T) {
	for _, test := range []struct {
		id            changes.ID
		object, class string
		want          string
	}{
		{"MC001", "remoteAccess/east/west", "everySecret", "8cb7df2be056a3cf"},
		{"MC010", "apiServer/east", "server", "2b175dc49f9a0491"},
		{"MC022", "root/00", "trust", "1270ddde60bda51c"},
	} {
		change := changes.Change{Kind: changes.Kind{ID: test.id}, Object: test.object, Class: test.class}
		other := change
		other.Title, other.Before, other.At.Line = "another title", []string{"x"}, 7
		if got := change.Fingerprint(); got != test.want || got != other.Fingerprint() {
			t.Errorf("%s %s: got %s, want %s", test.id, test.object, got, test.want)
		}
	}
}

// TestIDs: an ID keeps its severity and its meaning.
func TestIDs(t *testing.T) {
	var got []string
	for _, kind := range changes.All() {
		got = append(got, fmt.Sprintf("%s %s %s", kind.ID, kind.Severity, kind.Title))
		if kind.Many == "" || kind.Why == "" || kind.Review == "" {
			t.Errorf("%s has no text", kind.ID)
		}
		for _, text := range []string{kind.Title, kind.Many, kind.Why, kind.Review} {
			if strings.ContainsAny(text, "`*_<>[]|") {
				t.Errorf("%s: %q means something to Markdown", kind.ID, text)
			}
		}
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(frozen), "\n"), got); diff != "" {
		t.Errorf("IDs (-want +got):\n%s", diff)
	}
	if ids := changes.IDs(); !slices.IsSorted(ids) || len(slices.Compact(ids)) != len(got) {
		t.Errorf("not sorted, or not unique: %q", ids)
	}
}

// TestRows: few lines name all pairs.
func TestRows(t *testing.T) {
	var all []changes.Change
	for _, pair := range []string{"k4 k1", "k4 k2", "k4 k3", "k1 k4", "k2 k4", "k3 k4"} {
		from, to, _ := strings.Cut(pair, " ")
		all = append(all, changes.Change{Kind: changes.Kind{ID: "MC001"}, From: from, To: to})
	}
	entries := changes.Fold(all)
	if len(entries) != 1 || !entries[0].Folded() {
		t.Fatalf("got %d entries", len(entries))
	}
	var got []string
	for _, row := range entries[0].Rows() {
		got = append(got, fmt.Sprintf("%s > %s: %d", strings.Join(row.From, ","), strings.Join(row.To, ","), len(row.Changes)))
	}
	if diff := cmp.Diff([]string{"k4 > k1,k2,k3: 3", "k1,k2,k3 > k4: 3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(changes.Fold(all[:3])) != 3 {
		t.Error("three changes are counted instead of shown")
	}
}

// frozen lists IDs that were given.
const frozen = `
MC001 danger Remote access granted
MC002 warning Remote access removed
MC003 danger Reader permissions widened
MC004 note Reader permissions reduced
MC005 danger Credential weakened
MC006 note Credential strengthened
MC007 note Credential rotated
MC008 warning Reader revoked
MC009 warning Non-expiring tokens allowed
MC010 danger API server address changed
MC011 danger API server CA changed
MC012 danger API server proxy changed
MC013 danger Expected TLS name changed
MC014 danger Token issuer changed
MC015 danger Pinned identity of a cluster changed
MC016 note Identity of a cluster pinned
MC020 danger Root pinned
MC021 danger Root no longer pinned
MC022 danger Root present without being pinned
MC023 warning Root removed
MC024 warning Root rotation phase changed
MC025 warning Intermediate certificate changed
MC026 danger Trust domain changed
MC027 danger Trust domain alias added
MC028 warning Trust domain alias removed
MC029 danger Source of signing certificates changed
MC030 warning Gateway address changed
MC031 warning East-west gateway changed
MC032 warning Firewall opening added
MC033 note Firewall opening removed
MC034 warning Network of a cluster changed
MC035 warning Link added
MC036 warning Link removed
MC037 warning Authorized network added
MC040 warning Cluster joined
MC041 warning Cluster left
MC042 danger Control plane of a cluster changed
MC043 danger Mesh renamed
MC044 warning Discovery changed
MC045 warning Cluster ID changed
MC050 danger Admission policy removed
MC051 note Admission policy added
MC052 warning Waiver added
MC053 note Waiver removed
MC054 note Reason of a waiver changed
MC055 danger Sealing recipient added
MC056 note Sealing recipient removed
MC057 danger Secret store changed
MC058 danger Sealed credential changed
MC060 danger Version with a severe known fault
MC061 warning Version with a known fault
MC062 note Istio version changed
MC063 danger Image registry changed
MC064 warning Control plane settings changed
MC065 warning Sample image changed
MC070 warning File held back
MC071 note File no longer held back
MC072 danger Rule error found
MC073 warning Rule warning found
MC074 note Other setting changed
MC075 note Only labels changed
MC076 note Rendered objects changed
MC080 danger Site speaks for a cluster
MC081 warning No site speaks for a cluster
MC082 warning Site added
MC083 note Site removed
MC084 danger Signer allowed
MC085 note Signer no longer allowed
MC086 danger Limits of a signer changed
MC087 danger Exchange recipient added
MC088 note Exchange recipient removed
`
