package helm_test

import (
	"fmt"
	"strings"
	"testing"
)

// Which charts a cluster gets, in which order, under which release and in which namespace.
func TestCharts(t *testing.T) {
	for name, test := range map[string]struct{ spec, cluster, want string }{
		"sidecars": {
			spec: `{clusters: [{name: a}, {name: b}]}`, cluster: "a",
			want: "istio-base base istio-system, istiod istiod istio-system",
		},
		"ambient": {
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}]}`, cluster: "a",
			want: "istio-base base istio-system, istio-cni cni istio-system, istiod istiod istio-system, ztunnel ztunnel istio-system",
		},
		"privileged pods of OpenShift": {
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a, platform: openshift}]}`, cluster: "a",
			want: "istio-base base istio-system, istio-cni cni kube-system, istiod istiod istio-system, ztunnel ztunnel kube-system",
		},
		"sidecars on OpenShift": {
			spec: `{clusters: [{name: a, platform: openshift}]}`, cluster: "a",
			want: "istio-base base istio-system, istio-cni cni kube-system, istiod istiod istio-system",
		},
		"a revision in a namespace of its own": {
			spec: `{istio: {revision: canary, namespace: mesh}, clusters: [{name: a}]}`, cluster: "a",
			want: "istio-base base mesh, istiod-canary istiod mesh",
		},
		"a remote in another network": {
			spec: `{clusters: [{name: a, network: n1}, {name: b, network: n2, controlPlane: a}]}`, cluster: "b",
			want: "istio-base base istio-system, istiod istiod istio-system, istio-eastwestgateway gateway istio-system",
		},
		"a remote in the same network": {
			spec: `{clusters: [{name: a, network: n1}, {name: b, network: n1, controlPlane: a}]}`, cluster: "b",
			want: "istio-base base istio-system, istiod istiod istio-system",
		},
		"an ingress gateway for everything": {
			spec:    `{clusters: [{name: a, network: n1, gateway: {api: istio, workload: ingressgateway, namespace: edge}}, {name: b, network: n2}]}`,
			cluster: "a",
			want:    "istio-base base istio-system, istiod istiod istio-system, istio-ingressgateway gateway edge",
		},
		"peers with sidecars have ztunnel in their gateways": {
			spec: `{discovery: peering, istio: {distribution: solo}, clusters: [{name: a, network: n1}]}`, cluster: "a",
			want: "istio-base base istio-system, istio-cni cni istio-system, istiod istiod istio-system, ztunnel ztunnel istio-system",
		},
		"Google installs its own, but no gateway": {
			spec: `{istio: {distribution: csm, revision: asm-managed, managed: true}, clusters: [{name: a, network: n1, gateway: {api: istio}}, {name: b, network: n2}]}`, cluster: "a",
			want: "istio-eastwestgateway gateway istio-system",
		},
		"Google installs its own": {
			spec: `{istio: {distribution: csm}, clusters: [{name: a}]}`, cluster: "a",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, chart := range charts(t, test.spec, test.cluster) {
				got = append(got, fmt.Sprint(chart.Release, " ", chart.Name, " ", chart.Namespace))
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, ", "), test.want)
			}
		})
	}
}
