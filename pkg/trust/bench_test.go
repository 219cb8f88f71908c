package trust_test

import "testing"

// BenchmarkInspect is what a validation does for each cluster.
func BenchmarkInspect(b *testing.B) {
	bundle := newFamily(b).bundle(b)
	for b.Loop() {
		if found := bundle.Inspect(names()); found.Problem != nil {
			b.Fatal(found.Problem)
		}
	}
}
