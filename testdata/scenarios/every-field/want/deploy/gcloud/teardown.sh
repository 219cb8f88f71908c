#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Reverts the other scripts of mesh shop, in reverse order, and lists what it keeps. Remove the clusters from the mesh first.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

echo 'kept: global access of east, which other software may use. To disable it: gcloud container clusters update east --project=acme --location=us-east1 --no-enable-master-global-access'
finish
