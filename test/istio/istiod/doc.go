// Package istiod runs real istiods with the control planes of package clusters, for tests, and reads from them what
// proxies get. A line of Istio is a directory lines/LINE with a go.mod that selects a version of istio.io/istio, which
// provides the program and the charts.
//
// An istiod runs as its own service account, with the environment, the mesh configuration and the certificates that the
// charts and the objects in its cluster define, as its pod would. There are no proxies: an xDS client replaces them.
// Nothing of the product is imported. Everything listens on 127.0.0.1 and ends with the test.
package istiod
