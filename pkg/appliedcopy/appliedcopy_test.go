package appliedcopy

import "testing"

func TestHoldsValues(t *testing.T) {
	for copied, want := range map[string]bool{
		"": false, `{}`: false, `{"data":{}}`: false, `{"kind":"Secret","metadata":{"name":"a"},"data":null}`: false,
		`{"data":{"west":"aHVzaA=="}}`: true, `{"stringData":{"west":"hush"}}`: true, `{"data":"hush"}`: true, `hush`: true,
	} {
		if got := HoldsValues(copied); got != want {
			t.Errorf("%s: got %t, want %t", copied, got, want)
		}
	}
}
