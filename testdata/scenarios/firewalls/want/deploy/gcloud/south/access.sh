#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows control planes to reach the API server of cluster south.
# north authorized networks of south are disabled.
# north is in region europe-west1, but south is in europe-west4: its private endpoint requires global access.
# shop authorized networks of south are disabled.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/south/access.sh' '' "$@"

name='south'
project='retail-south'
location='europe-west4-b'
cluster='south'
look_at_access
global_access
update_access
finish
