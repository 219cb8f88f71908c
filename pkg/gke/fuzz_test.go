package gke_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// FuzzParse: whatever a dump holds, an error fits on a line, and ranges are ranges.
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
