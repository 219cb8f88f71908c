#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Reverts the other scripts of mesh bookinfo, in reverse order, and lists what it keeps. Remove the clusters from the mesh first.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

# VPC network default of project bookinfo-demo.
network='default'
mark='kubectl-mesh bookinfo firewall'
read_rules 'bookinfo-demo'
remove 'mesh-bookinfo-default-pods'
remove 'mesh-bookinfo-default-istiod'

finish
