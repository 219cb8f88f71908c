#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows the control plane of private cluster cluster-name-4 to call istiod's injection webhook.
# GKE's own rule allows only ports 443 and 10250, and must not be changed.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/cluster-name-4/webhook-firewall.sh' 'remove rules for this webhook that are no longer in mesh.yaml' "$@"

network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id webhook cluster-name-4'
read_rules 'fleet-project-id'

# cluster-name-4: its control plane to the injection webhook, at the port of the pod
name='mesh-fleet-project-id-cluster-name-4-webhook'
priority='1000'
allow=(
  'tcp:15017'
)
sources=(
  '172.16.0.16/28'
)
targets=(
  'gke-cluster-name-4-2a3b4c5d-node'
)
rule

stale_rules
finish
