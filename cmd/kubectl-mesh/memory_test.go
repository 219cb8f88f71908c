package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

// TestCollectRarely: a heap that has become large is collected as usual again.
func TestCollectRarely(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(byDefault))
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	collectRarely()
	runtime.GC()
	if got := percent(); got != rarely {
		t.Errorf("of a small heap: got %d, want %d", got, rarely)
	}
	large := make([]byte, 2*small)
	for i := 0; i < 1000 && percent() == rarely; i++ {
		runtime.GC() // the finalizer runs beside this
		runtime.Gosched()
	}
	if got := percent(); got != byDefault {
		t.Errorf("of a large heap: got %d, want %d", got, byDefault)
	}
	runtime.KeepAlive(large)
}

// TestCollectRarelyLeavesChoice to whoever has made one.
func TestCollectRarelyLeavesChoice(t *testing.T) {
	for _, variable := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(variable, func(t *testing.T) {
			defer debug.SetGCPercent(debug.SetGCPercent(50))
			t.Setenv(variable, "50")
			collectRarely()
			if got := percent(); got != 50 {
				t.Errorf("got %d, want 50", got)
			}
		})
	}
}

func percent() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
