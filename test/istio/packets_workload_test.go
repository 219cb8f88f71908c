package istio

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// workloadCommand has this binary be a program in a pod: the server of the sample, or a client of it that calls without
// pause.
const workloadCommand = "workload"

func runWorkload(args []string) int {
	switch {
	case len(args) == 3 && args[0] == "serve":
		return serveSample(args[1], args[2])
	case len(args) == 3 && args[0] == "call":
		calls, err := strconv.Atoi(args[2])
		if err == nil {
			return callSample(args[1], calls)
		}
	}
	fmt.Fprintln(os.Stderr, "usage: workload serve VERSION INSTANCE | workload call URL CALLS")
	return 2
}

func serveSample(version, instance string) int {
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, "Hello version: %s, instance: %s\n", version, instance)
	})
	server := &http.Server{Addr: ":5000", Handler: answer, ReadHeaderTimeout: time.Minute}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
	return 1
}

// callSample prints a line for each call: who answered, or what went wrong. Without a number of calls it ends when
// nobody reads.
func callSample(url string, calls int) int {
	client := &http.Client{Timeout: callTimeout, Transport: &http.Transport{DisableKeepAlives: true}}
	out := bufio.NewWriter(os.Stdout)
	for made := 0; calls == 0 || made < calls; made++ {
		began := time.Now()
		_, _ = fmt.Fprintf(out, "%s %s\n", began.Format(time.RFC3339Nano), callOnce(client, url))
		if out.Flush() != nil {
			return 0
		}
		time.Sleep(callPause)
	}
	return 0
}

const (
	callPause   = 20 * time.Millisecond
	callTimeout = 3 * time.Second
)

func callOnce(client *http.Client, url string) string {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "failed: " + err.Error()
	}
	response, err := client.Do(request)
	if err != nil {
		return "failed: " + err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	text := strings.TrimSpace(string(body))
	cluster, ours := strings.CutPrefix(text, "Hello version: ")
	cluster, _, _ = strings.Cut(cluster, ",")
	if err != nil || !ours || response.StatusCode != http.StatusOK {
		return fmt.Sprintf("failed: %s: %q", response.Status, text)
	}
	return cluster
}
