#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows control planes to reach the API server of a cluster: from the networks in mesh.sh.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mesh.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/mesh.sh"
choices=("${servers[@]}")
begin CLUSTER 'remove authorized networks that the mesh does not require and that gke.authorizedNetworks does not list' "$@"

api_server "$target"
read_access
allow_networks
global_access
update_access
finish
