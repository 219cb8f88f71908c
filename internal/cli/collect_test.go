package cli

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
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
			o.token, o.duration, o.minDuration = "request", 48*time.Hour, time.Hour
		})},
		{"live", []string{"--context=c", "--kubeconfig=k", "--request-timeout=5s", "--as=jane", "--as-group=a", "--as-group=b", "--as-uid=1"}, options(func(o *collectOptions) {
			o.context, o.file, o.timeout = "c", "k", "5s"
			o.impersonate = rest.ImpersonationConfig{UserName: "jane", Groups: []string{"a", "b"}, UID: "1"}
		})},
	})
}

func TestCollectValidate(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":            {},
		"a short life":       {args: []string{"--token=request", "--duration=1h"}},
		"all of one cluster": {args: []string{"--cluster=east", "--context=c", "--token=skip", "-o=yaml"}},
		"a word": {args: []string{"--token=sceret"},
			want: "--token does not take \"sceret\"\nhint: did you mean secret?"},
		"a life without a request": {args: []string{"--min-duration=1h"},
			want: "--duration and --min-duration need --token=request\nhint: have tokens requested: --token=request"},
		"less than an API server issues": {args: []string{"--token=request", "--duration=9m"},
			want: "--duration is less than ten minutes\nhint: an API server issues no token for less: --duration=10m"},
		"more than is asked for": {args: []string{"--token=request", "--duration=1h", "--min-duration=2h"},
			want: "--min-duration is more than --duration\nhint: ask for more: --duration=2h0m0s"},
		"a context for all": {args: []string{"--context=c"},
			want: "--context needs one --cluster\nhint: name the cluster that it leads to: --cluster NAME"},
		"a context for two": {args: []string{"--context=c", "--cluster=a,b"},
			want: "--context needs one --cluster\nhint: name the cluster that it leads to: --cluster NAME"},
		"a time without unit": {args: []string{"--request-timeout=soon"},
			want: "--request-timeout does not take \"soon\"\nhint: write a number with a unit, such as 10s or 2m"},
		"a group of nobody": {args: []string{"--as-group=a"},
			want: "--as-uid and --as-group need --as\nhint: name the user: --as USER"},
		"a format": {args: []string{"-o=table"},
			want: "--output does not take \"table\"\nhint: use one of json, yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			var o *collectOptions
			cmd := newCollect(System{}, func(given *collectOptions) error { o = given; return nil })
			cmd.SetArgs(append([]string{}, test.args...))
			if err := cmd.Execute(); err != nil {
				t.Fatal(err)
			}
			o.Complete(cmd)
			err := o.Validate()
			got := ""
			if err != nil {
				got = words(err)
				if !verdict.IsInput(err) {
					t.Errorf("%v is no error of usage", err)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
