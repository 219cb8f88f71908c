package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// TestSoundFacts: what a cluster says is not always what a facts file can hold.
func TestSoundFacts(t *testing.T) {
	reported := cluster.Facts{
		KubernetesVersion: "v0.0.0-master+$Format:%H$", Issuer: "kubernetes/serviceaccount", Network: "vpc-a",
		GatewayAddresses: []string{"198.51.100.7", "not a host"},
	}
	found, notes, err := Valid("east", Live(reported, nil))
	if err != nil {
		t.Fatal(err)
	}
	var fields, dropped []string
	for _, fact := range found {
		fields = append(fields, fact.Field)
	}
	for _, note := range notes {
		dropped = append(dropped, note.What)
	}
	if diff := cmp.Diff([]string{"network"}, fields); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	want := []string{"kubernetesVersion is ignored", "api.serviceAccountIssuer is ignored", "gateway.addresses is ignored"}
	if diff := cmp.Diff(want, dropped); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestKeepWider(t *testing.T) {
	live := []Fact{{Field: "uid", Values: []string{"1"}}, {Field: "podCIDRs", Values: []string{"10.8.0.0/23", "fd00:8::/64"}, List: true}}
	for name, test := range map[string]struct {
		have  []string
		fresh bool // the live ranges are written
	}{
		"nothing":           {nil, true},
		"the same":          {[]string{"10.8.0.0/23", "fd00:8::/64"}, false},
		"wider":             {[]string{"10.8.0.0/14", "fd00:8::/48"}, false},
		"one family only":   {[]string{"10.8.0.0/14"}, true},
		"narrower":          {[]string{"10.8.0.0/24", "fd00:8::/64"}, true},
		"others":            {[]string{"10.9.0.0/16", "fd00:9::/48"}, true},
		"no range at all":   {[]string{"10.8.0.0", "fd00:8::/64"}, true},
		"everything of v4":  {[]string{"0.0.0.0/0", "fd00:8::/64"}, false},
		"v4 mapped into v6": {[]string{"::ffff:10.8.0.0/119", "fd00:8::/64"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			kept := KeepWider(append([]Fact{}, live...), test.have)
			if fresh := len(kept) == 2; fresh != test.fresh {
				t.Errorf("live ranges are written: got %t, want %t", fresh, test.fresh)
			}
		})
	}
}
