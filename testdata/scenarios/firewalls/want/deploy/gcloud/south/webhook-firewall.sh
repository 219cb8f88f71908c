#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows the control plane of private cluster south to call istiod's injection webhook.
# GKE's own rule allows only ports 443 and 10250, and must not be changed.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/south/webhook-firewall.sh' 'remove rules for this webhook that are no longer in mesh.yaml' "$@"

network='corp'
mark='kubectl-mesh retail webhook south'
read_rules 'retail-net'

# south: its control plane to the injection webhook, at the port of the pod
name='mesh-retail-south-webhook'
priority='1000'
allow=(
  'tcp:15017'
)
sources=(
  '172.16.0.16/28'
)
targets=(
  'mesh-south'
)
rule

stale_rules
finish
