package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// stage is a cluster in which the sample runs.
type stage struct {
	ran    []string // container, and the last argument
	calls  int
	fails  map[string]error // by container
	code   int              // of pilot-agent
	answer func(n int) string
	err    error // of looking for pods
	none   bool
}

func (s *stage) workload(_ context.Context, namespace, app string) (cluster.Workload, error) {
	if s.none {
		return cluster.Workload{Why: "there is none of " + namespace + "/" + app}, s.err
	}
	return cluster.Workload{Pods: []cluster.Pod{{Name: app + "-1", Containers: []string{app, "istio-proxy"}}}}, s.err
}

func (s *stage) run(_ context.Context, command cluster.Command, stdout, stderr io.Writer) (int, error) {
	last := command.Args[len(command.Args)-1]
	s.ran = append(s.ran, command.Pod+" "+command.Container+" "+last)
	if err := s.fails[command.Container]; err != nil {
		return 0, err
	}
	if command.Container == "istio-proxy" {
		_, _ = io.WriteString(stdout, page("outbound|5000||"+host, "10.0.0.1:5000", s.calls))
		return s.code, nil
	}
	_, list, _ := strings.Cut(last, "#[1-")
	var calls int
	if _, err := fmt.Sscanf(list, "%d]", &calls); err != nil {
		return 0, err
	}
	for range calls {
		s.calls++
		_, _ = io.WriteString(stdout, s.answer(s.calls))
	}
	_, _ = io.WriteString(stderr, "curl: (7) Failed to connect\nand more\n")
	return 7, nil
}

func (s *stage) ask(t *testing.T, count int) *Sample {
	t.Helper()
	calls := Calls{Host: host, Count: count, Patience: time.Second, Workload: s.workload, Run: s.run}
	return calls.ask(t.Context(), func(err error) (string, string) { return "explained: " + err.Error(), "mend it" })
}

func fromEast(int) string { return said("Hello version: east, instance: p", "200") }

func TestSampleAsk(t *testing.T) {
	s := &stage{answer: fromEast}
	got := s.ask(t, 45)
	want := &Sample{Client: got.Client, Server: got.Server, Pod: "curl-1", Sidecar: true, Made: 45,
		Answers: Answers{By: map[string]int{"east": 45}}, ClientError: "curl: (7) Failed to connect",
		Hops: Reading[[]Hop]{Value: []Hop{{"10.0.0.1:5000", 45, WayDirect}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	url := "curl-1 curl http://" + host + ":5000/hello#"
	if diff := cmp.Diff([]string{"curl-1 istio-proxy clusters", url + "[1-20]", url + "[1-20]", url + "[1-5]", "curl-1 istio-proxy clusters"}, s.ran); diff != "" {
		t.Error(diff)
	}
}

// TestSampleSilent: where nothing answers, a second run is not worth the time.
func TestSampleSilent(t *testing.T) {
	s := &stage{answer: func(int) string { return said("", "000") }}
	if got := s.ask(t, 1000); got.Made != 20 || got.Answers.Failed != 20 || got.Answers.Example != "no response" {
		t.Errorf("got %+v", got)
	}
}

func TestSampleTrouble(t *testing.T) {
	tests := map[string]struct {
		stage stage
		want  func(*Sample) bool
	}{
		"pods unseen": {stage{err: errors.New("forbidden")}, func(s *Sample) bool { return s.Why == "explained: forbidden" && s.Remedy == "mend it" }},
		"no pods": {stage{none: true}, func(s *Sample) bool {
			return s.Why == "" && s.Client.Why == "there is none of sample/curl" && !s.called()
		}},
		"no exec": {stage{fails: map[string]error{"curl": errors.New("no")}, answer: fromEast},
			func(s *Sample) bool { return s.Why == "no" && s.Remedy == "" && !s.called() }},
		"no counters": {stage{fails: map[string]error{"istio-proxy": errors.New("a\nb")}, answer: fromEast},
			func(s *Sample) bool { return s.called() && s.Hops.Why == "a b" }},
		"no pilot-agent": {stage{code: 1, answer: fromEast}, func(s *Sample) bool { return s.Hops.Why == "pilot-agent exited with code 1" }},
	}
	for name, test := range tests {
		if got := test.stage.ask(t, 2); !test.want(got) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// TestSampleArguments: nothing is left to a shell, to a file of the pod or to its environment.
func TestSampleArguments(t *testing.T) {
	got := Calls{Host: host, Patience: time.Second}.command("p", 3)
	want := cluster.Command{Namespace: "sample", Pod: "p", Container: "curl", Quiet: 4 * time.Second, MaxOutput: 1 << 20,
		Args: []string{"curl", "--disable", "--silent", "--show-error", "--no-buffer", "--noproxy", "*", "--max-time", "3", "--max-filesize", "4096",
			"--header", "Connection: close", "--write-out", `\nkubectl-mesh-call: %{http_code}\n`, "http://" + host + ":5000/hello#[1-3]"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
