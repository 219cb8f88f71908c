#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Firewall rules of mesh fleet-project-id in VPC network gke-cluster-vpc of project fleet-project-id. Clusters: cluster-name-1, cluster-name-2, cluster-name-3, cluster-name-4.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/fleet-project-id/firewall-gke-cluster-vpc.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id firewall'
read_rules 'fleet-project-id'

# calls from pod to pod
# cluster-name-1, cluster-name-2, cluster-name-3, cluster-name-4 may call each other
name='mesh-fleet-project-id-gke-cluster-vpc-pods'
priority='1000'
allow=(
  'tcp'
)
sources=(
  '10.8.0.0/14'
  '10.12.0.0/14'
  '10.16.0.0/14'
  '10.20.0.0/14'
)
targets=(
  'gke-cluster-name-1-0a1b2c3d-node'
  'gke-cluster-name-2-4e5f6a7b-node'
  'gke-cluster-name-3-8c9d0e1f-node'
  'gke-cluster-name-4-2a3b4c5d-node'
)
rule

stale_rules
finish
