#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Allows control planes to reach the API server of cluster east.
# edge authorized networks of east are disabled.
# edge is in region unknown, but east is in us-east1: its private endpoint requires global access.
# west authorized networks of east are disabled.
# west is in region unknown, but east is in us-east1: its private endpoint requires global access.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/east/access.sh' '' "$@"

name='east'
project='acme'
location='us-east1'
cluster='east'
look_at_access
global_access
update_access
finish
