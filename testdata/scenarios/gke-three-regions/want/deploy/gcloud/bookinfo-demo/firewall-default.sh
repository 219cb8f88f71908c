#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Firewall rules of mesh bookinfo in VPC network default of project bookinfo-demo. Clusters: central, east, west.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/bookinfo-demo/firewall-default.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='default'
mark='kubectl-mesh bookinfo firewall'
read_rules 'bookinfo-demo'

# calls from pod to pod
# central, east, west may call each other
name='mesh-bookinfo-default-pods'
priority='1000'
allow=(
  'tcp:5000'
  'tcp:9080'
)
sources=(
  '10.8.0.0/14'
  '10.12.0.0/14'
  '10.16.0.0/14'
)
targets=(
  'gke-central-0a1b2c3d-node'
  'gke-east-8c9d0e1f-node'
  'gke-west-4e5f6a7b-node'
)
rule

# connections from other clusters to istiod, through the east-west gateway
# east, west may call central
name='mesh-bookinfo-default-istiod'
priority='1000'
allow=(
  'tcp:15012'
  'tcp:15017'
)
sources=(
  '10.12.0.0/14'
  '10.16.0.0/14'
)
targets=(
  'gke-central-0a1b2c3d-node'
)
rule

stale_rules
finish
