package upstream_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// BenchmarkHas: a rendering asks for every peer.
func BenchmarkHas(b *testing.B) {
	for b.Loop() {
		upstream.VersionOf("1.30.2-solo").Has(upstream.PeeringXDSOnly)
	}
}

func BenchmarkVersionOf(b *testing.B) {
	for b.Loop() {
		upstream.VersionOf("1.30.2-solo")
	}
}
