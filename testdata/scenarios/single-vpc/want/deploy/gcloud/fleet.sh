#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Registers a cluster in the fleet of the mesh, and enables Cloud Service Mesh for it.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mesh.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/mesh.sh"
choices=("${members[@]}")
begin CLUSTER '' "$@"

fleet_member "$target"
read_cluster
identities
register
labels
feature
management
finish
