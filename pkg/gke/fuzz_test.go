package gke_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// FuzzParse: whatever a dump holds, an error fits on a line, and ranges are ranges. What is read, written by the
// names of the API, is read again as the same.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("found no dumps: %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dump, err := gke.Parse(text)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of two lines: %q", err)
			}
			return
		}
		checkAgain(t, dump)
		for _, cluster := range dump.Clusters {
			facts := gke.FactsOf(cluster, dump.Rules)
			for _, cidr := range facts.Spec.PodCIDRs {
				if prefix, err := netip.ParsePrefix(cidr); err != nil || prefix != prefix.Masked() {
					t.Errorf("podCIDRs has %q", cidr)
				}
			}
		}
	})
}

// checkAgain reads what was read, written again. A field that is not in the API would be lost.
func checkAgain(t *testing.T, dump gke.Dump) {
	t.Helper()
	var text []byte
	for _, object := range objects(dump) {
		part, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, part...)
	}
	again, err := gke.Parse(append(text, "[]"...))
	if diff := cmp.Diff(dump, again, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("%v: written again (-first +again):\n%s", err, diff)
	}
}

func objects(dump gke.Dump) []any {
	var all []any
	for _, cluster := range dump.Clusters {
		all = append(all, cluster)
	}
	for _, rule := range dump.Rules {
		all = append(all, rule)
	}
	for _, subnet := range dump.Subnets {
		all = append(all, subnet)
	}
	for _, feature := range dump.Features {
		all = append(all, feature)
	}
	return all
}
