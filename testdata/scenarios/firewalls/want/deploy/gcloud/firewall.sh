#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Creates and updates the firewall rules of a VPC network: those in mesh.sh.
# GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mesh.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/mesh.sh"
choices=("${networks[@]}")
begin NETWORK 'remove rules of this mesh in this network that are no longer in mesh.yaml' "$@"

network_rules "$target" rule
if ((${#missing[@]} > 0)); then
  no_prune
fi
stale_rules
finish
if ((${#missing[@]} > 0)); then
  incomplete "${missing[@]}"
fi
