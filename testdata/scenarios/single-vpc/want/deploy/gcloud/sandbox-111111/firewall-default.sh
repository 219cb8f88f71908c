#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Firewall rules of mesh sandbox in VPC network default of project sandbox-111111. Clusters: cluster-1, cluster-2.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/sandbox-111111/firewall-default.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='default'
mark='kubectl-mesh sandbox firewall'
read_rules 'sandbox-111111'

# calls from pod to pod
# cluster-1, cluster-2 may call each other
name='mesh-sandbox-default-pods'
priority='1000'
allow=(
  'tcp'
)
sources=(
  '10.8.0.0/14'
  '10.12.0.0/14'
)
targets=(
  'gke-cluster-1-0a1b2c3d-node'
  'gke-cluster-2-4e5f6a7b-node'
)
rule

stale_rules
finish
