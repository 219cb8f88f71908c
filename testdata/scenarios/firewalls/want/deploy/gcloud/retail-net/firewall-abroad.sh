#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Firewall rules of mesh retail in VPC network abroad of project retail-net. Clusters: abroad.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
# No rule: no cluster calls the pods of abroad directly.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/retail-net/firewall-abroad.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='abroad'
mark='kubectl-mesh retail firewall'
read_rules 'retail-net'

stale_rules
finish
