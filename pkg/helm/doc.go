// Package helm selects Istio's charts and values for each cluster. It sets only keys that the charts have, and no
// defaults. What the values contain about a cluster (ID, network, mesh ID, trust domain) equals what remote secrets,
// labels and gateways contain.
//
// It is pure, and imports pkg/apis/mesh/v1alpha1, pkg/topology and pkg/upstream. Sources without a path are in istio
// manifests/charts.
package helm
