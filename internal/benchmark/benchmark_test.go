// Package benchmark_test measures the built program against the tools that people use today,
// both within one run, so that a noisy machine slows both. docs/performance.md has the
// results and what they must be. It imports nothing of the project.
package benchmark_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// istioctlSecret is what one run of `istioctl create-remote-secret` takes at best: measured
// on two quiet cores, account and token at hand. No istioctl runs here.
const istioctlSecret = 49 * time.Millisecond

// BenchmarkStream prints one cluster of a mesh whose clusters are all linked, against kubectl kustomize on the same
// overlay. With 1,000 peers it has 5,003 objects, and must be 10 times faster.
func BenchmarkStream(b *testing.B) {
	streams(b, newMesh, 100, 300, 1000)
}

// BenchmarkHubStream prints the consumer of a hub, which reads all other clusters and is read by none: with 1,000 of them
// 1,001 objects.
func BenchmarkHubStream(b *testing.B) {
	streams(b, newHub, 250, 500, 1000)
}

func streams(b *testing.B, shape func(*testing.B, int) mesh, peers ...int) {
	b.Helper()
	for _, count := range peers {
		b.Run(fmt.Sprint(count), func(b *testing.B) { stream(b, shape(b, count+1)) })
	}
}

func stream(b *testing.B, mesh mesh) {
	b.Helper()
	kubectl := needs(b, "kubectl")
	mesh.run(b, "render", "--cluster", name(0), "--output-dir", "deploy")
	mesh.run(b, "render", "--cluster", name(0), "--output-dir", "deploy", "--secrets=include")
	ours, theirs := &series{}, &series{}
	for b.Loop() {
		stream := ours.time(b, mesh.command(b, "render", "--cluster", name(0), "--secrets=include"))
		overlay := theirs.time(b, command(b, mesh.folder, kubectl, "kustomize", "credentials/overlays/"+name(0)))
		if string(stream) != string(overlay) {
			b.Fatal("the stream is not what kubectl kustomize prints")
		}
	}
	report(b, ours, theirs)
}

// BenchmarkTree writes the tree of linked clusters, against cp -r of it. Must take at most 3 times as long, and for 300
// of them less than 400 MiB.
func BenchmarkTree(b *testing.B) {
	for _, clusters := range []int{100, 300} {
		b.Run(fmt.Sprint(clusters), func(b *testing.B) { tree(b, clusters) })
	}
}

func tree(b *testing.B, clusters int) {
	b.Helper()
	cp := needs(b, "cp")
	mesh := newMesh(b, clusters)
	ours, theirs := &series{}, &series{}
	for i := 0; b.Loop(); i++ {
		tree := fmt.Sprintf("deploy-%d", i)
		ours.time(b, mesh.command(b, "render", "--output-dir", tree))
		theirs.time(b, command(b, mesh.folder, cp, "-r", tree, tree+"-copy"))
		remove(b, mesh.folder, tree, tree+"-copy")
	}
	report(b, ours, theirs)
}

// BenchmarkTreeUnchanged writes that tree over itself.
func BenchmarkTreeUnchanged(b *testing.B) {
	cp := needs(b, "cp")
	mesh := newMesh(b, 100)
	mesh.run(b, "render", "--output-dir", "deploy")
	ours, theirs := &series{}, &series{}
	for b.Loop() {
		ours.time(b, mesh.command(b, "render", "--output-dir", "deploy"))
		theirs.time(b, command(b, mesh.folder, cp, "-r", "deploy", "copy"))
		remove(b, mesh.folder, "copy")
	}
	report(b, ours, theirs)
}

// BenchmarkRemoteSecrets writes the 9,900 remote secrets of 100 linked clusters, beside a reviewed
// tree that is current, against that many runs of istioctl. Must be 200 times faster.
func BenchmarkRemoteSecrets(b *testing.B) {
	mesh := newMesh(b, 100)
	mesh.run(b, "render", "--output-dir", "deploy")
	ours := &series{}
	for b.Loop() {
		ours.time(b, mesh.command(b, "render", "--output-dir", "deploy", "--secrets=include"))
		remove(b, mesh.folder, "credentials/overlays")
	}
	report(b, ours, &series{times: []time.Duration{9900 * istioctlSecret}})
}

// BenchmarkRemoteSecretStreams prints the same, one cluster after the other.
func BenchmarkRemoteSecretStreams(b *testing.B) {
	mesh := newMesh(b, 100)
	ours := &series{}
	for b.Loop() {
		start := time.Now()
		for i := range 100 {
			ours.memory = max(ours.memory, peakMemory(mesh.run(b, "render", "--cluster", name(i), "--secrets=include")))
		}
		ours.times = append(ours.times, time.Since(start))
	}
	report(b, ours, &series{times: []time.Duration{9900 * istioctlSecret}})
}

// BenchmarkValidate checks hubs, where time is to grow with the clusters, and meshes whose clusters are all
// linked. Of those 1,000 must take less than 1 s and 300 MiB.
func BenchmarkValidate(b *testing.B) {
	for _, shape := range []struct {
		name  string
		mesh  func(*testing.B, int) mesh
		sizes []int
	}{
		{name: "hub", mesh: newHub, sizes: []int{1000, 2000, 4000}},
		{name: "full", mesh: newMesh, sizes: []int{250, 500, 1000}},
	} {
		for _, size := range shape.sizes {
			b.Run(fmt.Sprintf("%s/%d", shape.name, size), func(b *testing.B) {
				mesh, ours := shape.mesh(b, size), &series{}
				for b.Loop() {
					ours.time(b, mesh.command(b, "validate"))
				}
				report(b, ours, nil)
			})
		}
	}
}

// BenchmarkVersion must be no slower than kubectl.
func BenchmarkVersion(b *testing.B) {
	kubectl := needs(b, "kubectl")
	mesh := newMesh(b, 1)
	ours, theirs := &series{}, &series{}
	for b.Loop() {
		ours.time(b, mesh.command(b, "version"))
		theirs.time(b, command(b, mesh.folder, kubectl, "version", "--client"))
	}
	report(b, ours, theirs)
}

// needs finds a program; KUBECTL names another kubectl, past a wrapper for example.
func needs(b *testing.B, program string) string {
	b.Helper()
	if path := os.Getenv("KUBECTL"); program == "kubectl" && path != "" {
		return path
	}
	path, err := exec.LookPath(program)
	if err != nil {
		b.Skipf("no %s to compare with", program)
	}
	return path
}

// series are the runs of one program.
type series struct {
	times  []time.Duration
	cpu    []time.Duration // computed, by the account of the system: less noisy than time on a shared machine
	memory int64           // peak, in bytes
}

// time runs a command and notes what it took.
func (s *series) time(b *testing.B, cmd *exec.Cmd) []byte {
	b.Helper()
	start := time.Now()
	out, err := cmd.Output()
	s.times = append(s.times, time.Since(start))
	if err != nil {
		b.Fatalf("%v: %v", cmd, err)
	}
	s.cpu = append(s.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	s.memory = max(s.memory, peakMemory(cmd))
	return out
}

func (s *series) median() time.Duration {
	return slices.Sorted(slices.Values(s.times))[len(s.times)/2]
}

// least is the run that computed least.
func (s *series) least() time.Duration { return slices.Min(s.cpu) }

// report gives medians, their ratio (theirs to ours: more is better) and peak memory.
func report(b *testing.B, ours, theirs *series) {
	b.Helper()
	b.ReportMetric(0, "ns/op") // the sum of both programs says nothing
	b.ReportMetric(float64(ours.median().Microseconds())/1000, "ours-ms")
	b.ReportMetric(float64(ours.memory)/(1<<20), "ours-MiB")
	if theirs != nil {
		b.ReportMetric(float64(theirs.median().Microseconds())/1000, "theirs-ms")
		b.ReportMetric(float64(theirs.median())/float64(ours.median()), "times-faster")
	}
	if len(ours.cpu) > 0 {
		b.ReportMetric(float64(ours.least().Microseconds())/1000, "ours-cpu-ms")
	}
	if theirs != nil && len(theirs.cpu) > 0 {
		b.ReportMetric(float64(theirs.least().Microseconds())/1000, "theirs-cpu-ms")
		b.ReportMetric(float64(theirs.least())/float64(ours.least()), "times-less-cpu")
	}
	if theirs != nil && theirs.memory > 0 {
		b.ReportMetric(float64(theirs.memory)/(1<<20), "theirs-MiB")
	}
}

// peakMemory is the largest resident set that a process had; Linux counts it in KiB.
func peakMemory(cmd *exec.Cmd) int64 {
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss << 10
	}
	return 0
}

func command(b *testing.B, folder, program string, args ...string) *exec.Cmd {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, args...)
	cmd.Dir = folder
	return cmd
}

func remove(b *testing.B, folder string, names ...string) {
	b.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			b.Fatal(err)
		}
	}
}
