package cli

import (
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

func TestCollectFlags(t *testing.T) {
	options := func(change func(*collectOptions)) collectOptions {
		o := collectOptions{liveFlags: newLiveFlags(System{}), filename: "mesh.yaml", token: "secret", duration: 2160 * time.Hour, minDuration: 24 * time.Hour}
		change(&o)
		return o
	}
	testFlags(t, newCollect, []flagTest[collectOptions]{
		{"defaults", nil, options(func(*collectOptions) {})},
		{"clusters", []string{"--cluster=a,b", "--cluster", "c", "-f", "x.yaml", "-o", "json"}, options(func(o *collectOptions) {
			o.clusters, o.filename, o.output = []string{"a", "b", "c"}, "x.yaml", "json"
		})},
		{"tokens", []string{"--token=request", "--duration=48h", "--min-duration", "1h"}, options(func(o *collectOptions) {
			o.token, o.duration, o.minDuration, o.limited = "request", 48*time.Hour, time.Hour, true
		})},
		{"live", []string{"--context=c", "--cluster=a", "--kubeconfig=k", "--request-timeout=5s", "--as=jane", "--as-group=a", "--as-group=b", "--as-uid=1"}, options(func(o *collectOptions) {
			o.context, o.clusters, o.file, o.timeout = "c", []string{"a"}, "k", "5s"
			o.impersonate = rest.ImpersonationConfig{UserName: "jane", Groups: []string{"a", "b"}, UID: "1"}
		})},
	})
}

func TestCollectRefuses(t *testing.T) {
	testRefused(t, newCollect, map[string][]string{
		"invalid value \"sceret\" for --token\nhint: did you mean secret?": {"--token=sceret"},
		"--duration and --min-duration require --token=request\nhint: request tokens: --token=request": {
			"--min-duration=1h"},
		"--duration is shorter than ten minutes\nhint: use the shortest validity that API servers grant: --duration=10m": {
			"--token=request", "--duration=9m"},
		"--min-duration is longer than --duration\nhint: request a longer validity: --duration=2h0m0s": {
			"--token=request", "--duration=1h", "--min-duration=2h"},
		"--context requires exactly one --cluster\nhint: specify the cluster: --cluster NAME": {
			"--context=c", "--cluster=a,b"},
		"invalid value \"soon\" for --request-timeout\nhint: use a duration such as 10s or 2m": {
			"--request-timeout=soon"},
		"--as-uid and --as-group require --as\nhint: specify the user: --as USER": {"--as-group=a"},
		"invalid value \"table\" for --output\nhint: use one of json, yaml":       {"-o=table"},
	})
	for _, args := range [][]string{
		{"--token=request", "--duration=1h"}, // lowers --min-duration
		{"--cluster=east", "--context=c", "--token=skip", "-o=yaml"},
	} {
		if _, err := parse(newCollect, args); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
}
