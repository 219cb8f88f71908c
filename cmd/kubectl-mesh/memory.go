package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
)

// pace is how far the heap may grow beyond what is in use before it is collected, in percent of that.
type pace struct {
	upTo    uint64 // bytes in use
	percent int
}

// paces, by what is in use. A command lives for a moment: collecting the garbage of a small heap took a sixth of what
// it computed. A large heap is a rendered tree, little of which is garbage; a tree of 300 linked clusters, 277 MB,
// stays below 400 MiB.
func paces() []pace {
	const mebibyte = 1 << 20
	return []pace{
		{upTo: 20 * mebibyte, percent: 300},
		{upTo: 100 * mebibyte, percent: 100}, // as in any program
		{upTo: math.MaxUint64, percent: 20},
	}
}

// percent of growth for a heap with so many bytes in use.
func percent(inUse uint64) int {
	all := paces()
	return all[slices.IndexFunc(all, func(p pace) bool { return inUse <= p.upTo })].percent
}

// paceCollection has garbage collected more often the larger the heap is. GOGC or GOMEMLIMIT takes precedence.
func paceCollection() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	now := percent(0)
	debug.SetGCPercent(now)
	// A finalizer runs after a collection, and is set again for the next one.
	var collected func(*marker)
	collected = func(m *marker) {
		if next := percent(inUse()); next != now {
			now = next
			debug.SetGCPercent(now)
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
