package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// rarely lets the heap grow to four times what is in use before it is collected; the default is twice.
	rarely, byDefault = 300, 100
	// small is what may be in use meanwhile, in bytes: the heap stays below 80 MiB.
	small = 20 << 20
)

// collectRarely has the garbage of a small heap collected less often: a command lives for a moment, and collecting took
// a sixth of what it computed. A heap that has become larger is collected as in any program. Whoever sets GOGC or
// GOMEMLIMIT has decided.
func collectRarely() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(rarely)
	// A finalizer runs after a collection, and is set again for the next one.
	var collected func(*marker)
	collected = func(m *marker) {
		if inUse() > small {
			debug.SetGCPercent(byDefault)
			return
		}
		runtime.SetFinalizer(m, collected)
	}
	runtime.SetFinalizer(new(marker), collected)
}

// marker is of a size that gets an allocation of its own, so that it is found to be unused at the next collection.
type marker struct{ _ [64]byte }

// inUse is what the last collection has left.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
