#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows control planes to reach the API server of cluster north.
# abroad reads north at its public endpoint, which must authorize its NAT addresses.
# shop reads north at its public endpoint, which must authorize its NAT addresses.
# south is not in the subnet of north: its pods must be authorized.
# south is in region europe-west4, but north is in europe-west1: its private endpoint requires global access.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/north/access.sh' 'remove authorized networks that are neither required nor in mesh.yaml (gke.authorizedNetworks)' "$@"

name='north'
project='retail-north'
location='europe-west1'
cluster='north'
look_at_access
# Authorized networks that this mesh needs, and below them those that mesh.yaml says are there already.
allow_networks 100 \
  '10.12.0.0/14' \
  '203.0.113.8/32' \
  '203.0.113.16/28' \
  '192.0.2.0/24'
global_access
update_access
finish
