// Package helm decides which charts of Istio a cluster gets, with which values. The charts are not
// ours: only keys that they have are written, and nothing that is their default. What the values
// say of a cluster (ID, network, mesh ID, trust domain) is what remote secrets, labels and
// gateways say of it.
//
// It is pure, and imports pkg/apis/mesh/v1alpha1, pkg/topology and pkg/upstream. Where no path is named, a fact
// is of istio manifests/charts.
package helm
