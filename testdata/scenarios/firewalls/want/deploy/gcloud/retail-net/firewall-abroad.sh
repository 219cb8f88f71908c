#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# What mesh retail needs of VPC network abroad in project retail-net. Clusters there: abroad.
# GKE itself lets in a cluster's own pods. Those of other clusters need a rule, in one subnet as in several.
# No rule: no cluster calls the pods of abroad directly.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/retail-net/firewall-abroad.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='abroad'
mark='kubectl-mesh retail firewall'
look 'retail-net'

stale_rules
finish
