package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

// TestPaceCollection: a heap that grows is collected sooner, and one that has become small again later.
func TestPaceCollection(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	paceCollection()
	var large []byte
	for _, want := range []struct{ size, percent int }{
		{size: 0, percent: 300},
		{size: 40 << 20, percent: 100},
		{size: 120 << 20, percent: 20},
		{size: 0, percent: 300},
	} {
		large = make([]byte, want.size)
		for i := 0; i < 1000 && growth() != uint64(want.percent); i++ {
			runtime.GC() // the finalizer runs beside this
			runtime.Gosched()
		}
		if got := growth(); got != uint64(want.percent) {
			t.Errorf("with %d bytes in use: got %d, want %d", want.size, got, want.percent)
		}
		runtime.KeepAlive(large)
	}
}

// TestPaceLeavesChoice to whoever has made one.
func TestPaceLeavesChoice(t *testing.T) {
	for _, variable := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(variable, func(t *testing.T) {
			defer debug.SetGCPercent(debug.SetGCPercent(50))
			t.Setenv(variable, "50")
			paceCollection()
			if got := growth(); got != 50 {
				t.Errorf("got %d, want 50", got)
			}
		})
	}
}

// growth is how far the heap may grow, in percent.
func growth() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
