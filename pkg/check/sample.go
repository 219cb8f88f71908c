package check

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Calls describes how to call the sample from a cluster. Client and server must be deployed already.
type Calls struct {
	// Host of the sample in all clusters, and the number of calls.
	Host  string
	Count int
	// Patience is how long an API server may be silent.
	Patience time.Duration
	Workload func(ctx context.Context, namespace, app string) (cluster.Workload, error)
	Run      func(ctx context.Context, command cluster.Command, stdout, stderr io.Writer) (int, error)
}

// Sample is the result of calling the sample from one cluster.
type Sample struct {
	// Why the pods could not be inspected or no call was made, and Remedy.
	Why, Remedy string
	// Client and Server run in this cluster.
	Client, Server cluster.Workload
	// Pod is the caller; Sidecar is set if it is part of the mesh through a sidecar.
	Pod     string
	Sidecar bool
	// Made is the number of calls.
	Made    int
	Answers Answers
	// ClientError is the client's error message.
	ClientError string
	// Hops are what the caller's proxy counted, or why they are unknown.
	Hops Reading[[]Hop]
	// Lost are requests that its proxy could not deliver to a host.
	Lost []Lost
}

const (
	// callsAtOnce bounds one run of the client, which can continue after its connection breaks. If all calls fail, there
	// is no second run.
	callsAtOnce = 20
	// callSeconds is the timeout of a call, in seconds.
	callSeconds = 3
	// maxAnswer bounds a response, and maxClientError the client's error message, in bytes.
	maxAnswer      = 4 << 10
	maxClientError = 1 << 20
	// proxy is the name of the sidecar container.
	proxy = "istio-proxy"
)

// ask makes the calls, and reads the proxy's counters before and after.
func (c Calls) ask(ctx context.Context, explain func(error) (string, string)) *Sample {
	s := &Sample{}
	if err := c.look(ctx, s); err != nil {
		s.Why, s.Remedy = explain(err)
		return s
	}
	if len(s.Client.Pods) == 0 {
		return s
	}
	pod := s.Client.Pods[0]
	s.Pod, s.Sidecar = pod.Name, slices.Contains(pod.Containers, proxy)
	before := c.counters(ctx, s)
	if err := c.call(ctx, s); err != nil {
		s.Why = oneLine(err) // an exec error is plain text, and says nothing about the API server
		return s
	}
	after := c.counters(ctx, s)
	s.Hops, s.Lost = difference(before, after), lost(before, after)
	return s
}

func (c Calls) look(ctx context.Context, s *Sample) (err error) {
	if s.Client, err = c.Workload(ctx, render.SampleNamespace, render.SampleClient); err != nil {
		return err
	}
	s.Server, err = c.Workload(ctx, render.SampleNamespace, render.SampleService)
	return err
}

// call makes all calls, unless a whole run of the client gets no response.
func (c Calls) call(ctx context.Context, s *Sample) error {
	for left := c.Count; left > 0; {
		batch := min(left, callsAtOnce)
		var stdout, stderr bytes.Buffer
		if _, err := c.Run(ctx, c.command(s.Pod, batch), &stdout, &stderr); err != nil {
			return err
		}
		answers := parseAnswers(stdout.String(), batch)
		s.Answers.add(answers)
		s.ClientError = firstLine(s.ClientError, stderr.String())
		s.Made += batch
		left -= batch
		if answers.count() == 0 {
			return nil
		}
	}
	return nil
}

// command calls the sample several times. Each connection is used once, so that each call can reach another pod. curl
// repeats the URL because of its fragment, which is not sent.
func (c Calls) command(pod string, calls int) cluster.Command {
	return cluster.Command{
		Namespace: render.SampleNamespace, Pod: pod, Container: render.SampleClient,
		Quiet: callSeconds*time.Second + c.Patience, MaxOutput: maxClientError,
		Args: []string{"curl", "--disable", "--silent", "--show-error", "--no-buffer", "--noproxy", "*",
			"--max-time", fmt.Sprint(callSeconds), "--max-filesize", fmt.Sprint(maxAnswer),
			"--header", "Connection: close", "--write-out", `\n` + callEnd + `%{http_code}\n`,
			fmt.Sprintf("http://%s:%d/hello#[1-%d]", c.Host, render.SamplePort, calls)},
	}
}

// counters reads the sidecar's counters.
func (c Calls) counters(ctx context.Context, s *Sample) Reading[counters] {
	if !s.Sidecar {
		return Reading[counters]{Why: "the client has no sidecar that counts requests"}
	}
	seen := newCounters(c.Host)
	var stderr bytes.Buffer
	code, err := c.Run(ctx, cluster.Command{
		Namespace: render.SampleNamespace, Pod: s.Pod, Container: proxy,
		Quiet: c.Patience, MaxOutput: maxCounters,
		Args: []string{"pilot-agent", "request", "GET", "clusters"},
	}, seen, &stderr)
	switch {
	case err != nil:
		return Reading[counters]{Why: oneLine(err)}
	case code != 0:
		return Reading[counters]{Why: fmt.Sprintf("pilot-agent exited with code %d", code)}
	}
	return Reading[counters]{Value: *seen}
}

// firstLine keeps the first non-empty line.
func firstLine(before, text string) string {
	if before != "" {
		return before
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return clip(line)
}
