package v1alpha1_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestValidateGatewayAddresses(t *testing.T) {
	const want = ": must be an IP address or a host name\nhint: omit scheme, port and path"
	const at = "spec.clusters[0].gateway.addresses[0]: Invalid value: "
	set := func(c *v1alpha1.Cluster, address string) { c.Gateway = &v1alpha1.Gateway{Addresses: []string{address}} }
	checkValues(t, set, map[string]string{
		"198.51.100.7":               "",
		"2001:db8::7":                "",
		"eastwest.example.com":       "",
		"1a.example.com":             "",
		"eastwest":                   "",
		"":                           at + `""` + want,
		"198.51.100.7:15443":         at + `"198.51.100.7:15443"` + want,
		"[2001:db8::7]":              at + `"[2001:db8::7]"` + want,
		"[2001:db8::7]:15443":        at + `"[2001:db8::7]:15443"` + want,
		"eastwest.example.com:15443": at + `"eastwest.example.com:15443"` + want,
		"https://198.51.100.7":       at + `"https://198.51.100.7"` + want,
		"198.51.100.7/32":            at + `"198.51.100.7/32"` + want,
		"1.2.3":                      at + `"1.2.3"` + want,
		"9.0.9":                      at + `"9.0.9"` + want,
		"1.2.3.4.5":                  at + `"1.2.3.4.5"` + want,
		"1.2.3.256":                  at + `"1.2.3.256"` + want,
		"01.2.3.4":                   at + `"01.2.3.4"` + want,
		"fe80::1%eth0":               at + `"fe80::1%eth0"` + want,
		"fe80::1%\n$(id)":            at + `"fe80::1%\n$(id)"` + want,
		"*.example.com":              at + `"*.example.com"` + want,
		"East.example.com":           at + `"East.example.com"` + want,
	})
}

func TestValidateGateway(t *testing.T) {
	gateway := func(gateway v1alpha1.Gateway) edit { return east(func(c *v1alpha1.Cluster) { c.Gateway = &gateway }) }
	const annotation = ": must be an annotation key\nhint: use a form such as networking.gke.io/load-balancer-type"
	const port = ": must be a port, 1 to 65535\nhint: set the node port of the gateway's port 15012"
	checkAll(t, map[string]wrong{
		"nothing said": {edit: gateway(v1alpha1.Gateway{})},
		"service": {gateway(v1alpha1.Gateway{Service: "ClusterIP"}), []string{`spec.clusters[0].gateway.service: Unsupported value: "ClusterIP": ` +
			`supported values: "LoadBalancer", "NodePort"` + "\nhint: use one of LoadBalancer, NodePort"}},
		"api": {gateway(v1alpha1.Gateway{API: "gateway"}), []string{`spec.clusters[0].gateway.api: Unsupported value: "gateway": ` +
			`supported values: "gateway-api", "istio"` + "\nhint: use one of gateway-api, istio"}},
		"namespace": {gateway(v1alpha1.Gateway{Namespace: "Ingress"}), []string{`spec.clusters[0].gateway.namespace: Invalid value: "Ingress": ` +
			"must be a lower-case DNS-1123 label of at most 63 characters\nhint: write ingress"}},
		"workload": {gateway(v1alpha1.Gateway{Workload: "ingress-gateway"}), []string{`spec.clusters[0].gateway.workload: Unsupported value: "ingress-gateway": ` +
			`supported values: "eastwestgateway", "ingressgateway"` + "\n" + `hint: did you mean "ingressgateway"?`}},
		"first port":  {edit: gateway(v1alpha1.Gateway{XDSPort: 1})},
		"last port":   {edit: gateway(v1alpha1.Gateway{XDSPort: 65535})},
		"no port":     {gateway(v1alpha1.Gateway{XDSPort: -1}), []string{`spec.clusters[0].gateway.xdsPort: Invalid value: "-1"` + port}},
		"a high port": {gateway(v1alpha1.Gateway{XDSPort: 65536}), []string{`spec.clusters[0].gateway.xdsPort: Invalid value: "65536"` + port}},
		"annotations": {edit: gateway(v1alpha1.Gateway{Annotations: map[string]string{
			"networking.gke.io/load-balancer-type": "Internal", "Plain": "", "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
		}})},
		"keys of annotations": {gateway(v1alpha1.Gateway{Annotations: map[string]string{"b c": "", "": "", "a/b/c": "", "ä": "", "/x": ""}}), []string{
			`spec.clusters[0].gateway.annotations: Invalid value: ""` + annotation,
			`spec.clusters[0].gateway.annotations: Invalid value: "/x"` + annotation,
			`spec.clusters[0].gateway.annotations: Invalid value: "a/b/c"` + annotation,
			`spec.clusters[0].gateway.annotations: Invalid value: "b c"` + annotation,
			`spec.clusters[0].gateway.annotations: Invalid value: "ä"` + annotation,
		}},
	})
}
