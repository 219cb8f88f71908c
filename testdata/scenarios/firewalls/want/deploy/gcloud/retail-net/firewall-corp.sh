#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Firewall rules of mesh retail in VPC network corp of project retail-net. Clusters: north, south.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/retail-net/firewall-corp.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='corp'
mark='kubectl-mesh retail firewall'
read_rules 'retail-net'

# calls from pod to pod
# north, south may call each other
# shop may call them too
name='mesh-retail-corp-pods-v6'
priority='1000'
allow=(
  'tcp:8080'
  'tcp:9000-9100'
)
sources=(
  '2001:db8:8::/48'
)
targets=(
  'mesh-north'
  'mesh-south'
)
rule

# calls from pod to pod
# north, south may call each other
# shop may call them too
name='mesh-retail-corp-pods'
priority='1000'
allow=(
  'tcp:8080'
  'tcp:9000-9100'
)
sources=(
  '10.8.0.0/14'
  '10.12.0.0/14'
  '10.16.0.0/14'
)
targets=(
  'mesh-north'
  'mesh-south'
)
rule

# calls from other networks through the east-west gateway
# abroad may call north
name='mesh-retail-corp-gateways'
priority='1000'
allow=(
  'tcp:15443'
)
sources=(
  '203.0.113.16/28'
)
targets=(
  'mesh-north'
)
rule

stale_rules
finish
