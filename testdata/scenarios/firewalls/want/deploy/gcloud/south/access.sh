#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows control planes to reach the API server of cluster south: see deploy/gcloud/api-access.sh.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/south/access.sh' 'remove authorized networks that are neither required nor in mesh.yaml (gke.authorizedNetworks)' "$@"

# shellcheck source-path=SCRIPTDIR source=../api-access.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../api-access.sh"

name='south'
project='retail-south'
location='europe-west4-b'
cluster='south'
look_at_access
open_access
update_access
finish
