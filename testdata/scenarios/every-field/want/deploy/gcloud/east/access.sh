#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Lets control planes reach the API server of cluster east.
# edge authorized networks of east are off.
# edge is in region unknown and east in us-east1: its private endpoint needs global access.
# west authorized networks of east are off.
# west is in region unknown and east in us-east1: its private endpoint needs global access.
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
