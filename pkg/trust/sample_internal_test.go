package trust

import (
	"encoding/hex"
	"slices"
	"testing"
)

func TestListedKeysAreRefused(t *testing.T) {
	one, err := NewKey(P256)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewKey(P256)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := keySum(one.Public())
	if err != nil {
		t.Fatal(err)
	}
	listed := append(sampleKeys(), hex.EncodeToString(sum[:]))
	const want = "the key is a public sample key of Istio: create your own with kubectl mesh ca init"
	if err := checkUnlisted(one.Public(), listed); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := checkUnlisted(other.Public(), listed); err != nil {
		t.Errorf("another key: %v", err)
	}
}

// TestSampleKeysAreSums finds a slip in the list: with one in it, a key would be missing.
func TestSampleKeysAreSums(t *testing.T) {
	all := sampleKeys()
	for _, key := range all {
		if sum, err := hex.DecodeString(key); err != nil || len(sum) != 32 || hex.EncodeToString(sum) != key {
			t.Errorf("%q is no SHA-256 in lower case", key)
		}
	}
	if !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("the list is not sorted, or has a key twice")
	}
}
