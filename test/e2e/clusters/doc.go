// Package clusters starts real Kubernetes control planes on this machine, for tests: one etcd, and for each cluster a
// kube-apiserver and a kube-controller-manager. There are no nodes: to what only reads and writes API objects, this
// is a whole cluster.
//
// It may import client-go, gateway-api and the standard library, and nothing of the product, so that no test can pass
// because both sides share a mistake. It runs the go command in the working directory, which therefore has to be in
// this module, as it is under go test. Everything it starts listens on 127.0.0.1, keeps its files below t.TempDir,
// and ends with the test.
package clusters
