#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows the control plane of private cluster cluster-name-3 to call istiod's injection webhook.
# GKE's own rule allows only ports 443 and 10250, and must not be changed.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/cluster-name-3/webhook-firewall.sh' 'remove rules for this webhook that are no longer in mesh.yaml' "$@"

network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id webhook cluster-name-3'
read_rules 'fleet-project-id'

# cluster-name-3: its control plane to the injection webhook, at the port of the pod
name='mesh-fleet-project-id-cluster-name-3-webhook'
priority='1000'
allow=(
  'tcp:15017'
)
sources=(
  '172.16.0.0/28'
)
targets=(
  'gke-cluster-name-3-8c9d0e1f-node'
)
rule

stale_rules
finish
