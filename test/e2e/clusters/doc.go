// Package clusters starts real Kubernetes control planes on this machine, for tests: one etcd, and for each cluster a
// kube-apiserver and a kube-controller-manager. There are no nodes: to programs that only read and write API objects,
// this is a complete cluster.
//
// It may import client-go, gateway-api and the standard library, and nothing of the product, so that no test can pass
// because both sides share a mistake. The working directory must be in the repository, as it is under go test: from
// there it finds this module, whose go.mod selects what is built. Everything that it starts listens on 127.0.0.1, keeps
// its files below t.TempDir, and ends with the test.
package clusters
