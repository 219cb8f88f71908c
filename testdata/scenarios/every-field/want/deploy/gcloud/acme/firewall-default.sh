#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# What mesh shop needs of VPC network default in project acme. Clusters there: east.
# GKE itself lets in a cluster's own pods. Those of other clusters need a rule, in one subnet as in several.
# INCOMPLETE: no rule can name the pods of edge, whose podCIDRs are not known: they call east.
# INCOMPLETE: no rule can name the pods of west, whose podCIDRs are not known: they call east.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/acme/firewall-default.sh' 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network='default'
mark='kubectl-mesh shop firewall'
look 'acme'

no_prune
stale_rules
finish
incomplete \
  'INCOMPLETE: no rule can name the pods of edge, whose podCIDRs are not known: they call east' \
  'INCOMPLETE: no rule can name the pods of west, whose podCIDRs are not known: they call east'
