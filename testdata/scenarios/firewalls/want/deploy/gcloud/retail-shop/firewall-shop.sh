#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Firewall rules of mesh retail in VPC network shop of project retail-shop. Clusters: shop.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/retail-shop/firewall-shop.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='shop'
mark='kubectl-mesh retail firewall'
read_rules 'retail-shop'

# calls from pod to pod
# edge, north, south may call shop
name='mesh-retail-shop-pods-v6'
priority='1000'
allow=(
  'tcp:8080'
  'tcp:9000-9100'
)
sources=(
  '2001:db8:8::/48'
)
targets=(
  'mesh-shop'
)
rule

# calls from pod to pod
# edge, north, south may call shop
name='mesh-retail-shop-pods'
priority='1000'
allow=(
  'tcp:8080'
  'tcp:9000-9100'
)
sources=(
  '10.8.0.0/14'
  '10.12.0.0/14'
  '10.64.0.0/16'
)
targets=(
  'mesh-shop'
)
rule

stale_rules
finish
