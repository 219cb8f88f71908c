package cluster

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func prefixes(text string) []netip.Prefix {
	var all []netip.Prefix
	for _, field := range strings.Fields(text) {
		all = append(all, netip.MustParsePrefix(field))
	}
	return all
}

func written(all []netip.Prefix) string {
	var fields []string
	for _, prefix := range all {
		fields = append(fields, prefix.String())
	}
	return strings.Join(fields, " ")
}

func TestCover(t *testing.T) {
	for name, test := range map[string]struct{ ranges, want string }{
		"nothing":          {"", ""},
		"one":              {"10.8.0.0/24", "10.8.0.0/24"},
		"host bits":        {"10.8.0.7/24", "10.8.0.0/24"},
		"halves":           {"10.8.1.0/24 10.8.0.0/24", "10.8.0.0/23"},
		"four quarters":    {"10.8.0.0/24 10.8.1.0/24 10.8.2.0/24 10.8.3.0/24", "10.8.0.0/22"},
		"neighbours only":  {"10.8.1.0/24 10.8.2.0/24", "10.8.1.0/24 10.8.2.0/24"},
		"a gap":            {"10.8.0.0/24 10.8.1.0/24 10.8.3.0/24", "10.8.0.0/23 10.8.3.0/24"},
		"twice":            {"10.8.0.0/24 10.8.0.0/24", "10.8.0.0/24"},
		"nested":           {"10.8.0.0/24 10.8.0.0/16 10.8.9.0/24", "10.8.0.0/16"},
		"different sizes":  {"10.8.0.0/25 10.8.0.128/26 10.8.0.192/26 10.8.1.0/24", "10.8.0.0/23"},
		"two families":     {"fd00:1::/64 10.8.0.0/24 fd00:0::/64 10.8.1.0/24", "10.8.0.0/23 fd00::/64 fd00:1::/64"},
		"halves of v6":     {"fd00:0:0:1::/64 fd00::/64", "fd00::/63"},
		"everything there": {"0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, written(cover(prefixes(test.ranges)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCoverIsExact compares the addresses of random small ranges, one by one.
func TestCoverIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var ranges []netip.Prefix
		for range random.IntN(12) {
			address := netip.AddrFrom4([4]byte{10, 0, 0, byte(random.IntN(256))})
			ranges = append(ranges, netip.PrefixFrom(address, 24+random.IntN(9)).Masked())
		}
		covered := cover(ranges)
		for last := range 256 {
			address := netip.AddrFrom4([4]byte{10, 0, 0, byte(last)})
			holds := func(prefix netip.Prefix) bool { return prefix.Contains(address) }
			if slices.ContainsFunc(ranges, holds) != slices.ContainsFunc(covered, holds) {
				t.Fatalf("cover(%s) = %s differs at %s", written(ranges), written(covered), address)
			}
		}
		random.Shuffle(len(ranges), func(i, j int) { ranges[i], ranges[j] = ranges[j], ranges[i] })
		if again := cover(ranges); !slices.Equal(covered, again) {
			t.Fatalf("cover depends on the order: %s, then %s", written(covered), written(again))
		}
	}
}
