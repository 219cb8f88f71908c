#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Reverts the other scripts, in reverse order, and lists what it keeps. Remove the clusters from the mesh first.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mesh.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/mesh.sh"
begin '' '' "$@"

for ((i = ${#servers[@]} - 1; i >= 0; i--)); do
  api_server "${servers[i]}"
  remove_networks
done
for ((i = ${#networks[@]} - 1; i >= 0; i--)); do
  network_rules "${networks[i]}" remove
done
if ((${#kept[@]} > 0)); then
  printf '%s\n' "${kept[@]}"
fi
finish
