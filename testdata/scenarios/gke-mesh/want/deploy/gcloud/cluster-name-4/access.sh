#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows control planes to reach the API server of cluster cluster-name-4: see deploy/gcloud/api-access.sh.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/cluster-name-4/access.sh' 'remove authorized networks that the mesh does not require and that gke.authorizedNetworks does not list' "$@"

# shellcheck source-path=SCRIPTDIR source=../api-access.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../api-access.sh"

name='cluster-name-4'
project='project-id-2'
location='us-west1-b'
cluster='cluster-name-4'
read_access
open_access
update_access
finish
