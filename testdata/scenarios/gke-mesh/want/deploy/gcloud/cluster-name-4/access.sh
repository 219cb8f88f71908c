#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows control planes to reach the API server of cluster cluster-name-4.
# cluster-name-1 is not in the subnet of cluster-name-4: its pods must be authorized.
# cluster-name-1 is in region us-central1, but cluster-name-4 is in us-west1: its private endpoint requires global access.
# cluster-name-2 is in the subnet of cluster-name-4, which its private endpoint allows.
# cluster-name-2 is in the region of cluster-name-4: global access is not required.
# cluster-name-3 is not in the subnet of cluster-name-4: its pods must be authorized.
# cluster-name-3 is in region us-central1, but cluster-name-4 is in us-west1: its private endpoint requires global access.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/cluster-name-4/access.sh' 'remove authorized networks that are neither required nor in mesh.yaml (gke.authorizedNetworks)' "$@"

name='cluster-name-4'
project='project-id-2'
location='us-west1-b'
cluster='cluster-name-4'
look_at_access
# Authorized networks that this mesh needs, and below them those that mesh.yaml says are there already.
allow_networks 100 \
  '10.8.0.0/14' \
  '10.16.0.0/14' \
  '192.0.2.0/24' \
  '198.51.100.0/24'
global_access
update_access
finish
