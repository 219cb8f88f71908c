// Package istiod runs real istiods beside the control planes of package clusters, for tests, and reads from them what
// a proxy gets. A line of Istio is a directory lines/LINE with a go.mod that selects a version of istio.io/istio; its
// program is built from that module, and its charts come out of it.
//
// An istiod runs as its own service account, with the environment, the mesh configuration and the certificates that
// the charts and the objects in its cluster give it, as its pod would. There are no proxies: a client of the xDS API
// stands in for them. Nothing of the product is imported. Everything listens on 127.0.0.1 and ends with the test.
package istiod
