package manifest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKeysAreInTheLibrarysOrder(t *testing.T) {
	keys := []string{
		"port10", "port2", "port", "Port", "port-2", "port_2", "port.2", "port02", "port002", "port0", "port00", "port100", "port11", "port000", "port01", "port20",
		"a1", "a10b0", "a10b00", "a100", "1", "10", "2", "01", "-1", "_", "~", "A", "Z", "a", "z", "ä", "é", "z1ä", "z1a",
		"日", "日1", "日10", "日2", "x٣", "x٢", "x10", "x1", "a.b/c", "a.b-c", "a.bc", "app", "app.kubernetes.io/name", "app-1",
		"v99999999999999999999", "v9", "v100000000000000000000", "",
	}
	m := map[string]int{}
	for _, key := range keys {
		m[key] = 1
	}
	checkFast(t, m)
}

func TestCompareKeys(t *testing.T) {
	want := []string{"", "-", "1", "01", "2", "10", "A", "a", "a-b", "a1", "a2", "a10", "a100", "aB", "ab", "b"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareKeys)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// The library leaves the order of such keys to chance.
func TestKeysInACircleHaveOneOrder(t *testing.T) {
	for range 50 {
		texts := map[string]string{"a2": "x", "a100": "x", "a1b": "x", "a01b": "x", "b": "x"}
		values := map[string]any{"a2": "x", "a100": "x", "a1b": "x", "a01b": "x", "b": "x"}
		want := "a01b: x\na100: x\na1b: x\na2: x\nb: x\n"
		for _, obj := range []any{texts, values} {
			got, err := Encode(obj)
			if err != nil || string(got) != want {
				t.Fatalf("error %v, text:\n%s\nwant:\n%s", err, got, want)
			}
		}
	}
}
