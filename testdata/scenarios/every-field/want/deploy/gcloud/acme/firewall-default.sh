#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Firewall rules of mesh shop in VPC network default of project acme. Clusters: east.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
# INCOMPLETE: no rule can allow the pods of edge, which call east: podCIDRs is unknown.
# INCOMPLETE: no rule can allow the pods of west, which call east: podCIDRs is unknown.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/acme/firewall-default.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='default'
mark='kubectl-mesh shop firewall'
read_rules 'acme'

no_prune
stale_rules
finish
incomplete \
  'INCOMPLETE: no rule can allow the pods of edge, which call east: podCIDRs is unknown' \
  'INCOMPLETE: no rule can allow the pods of west, which call east: podCIDRs is unknown'
