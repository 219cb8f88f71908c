#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Registers cluster cluster-1 in the fleet of project sandbox-111111, and enables Cloud Service Mesh for it.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/cluster-1/fleet.sh' '' "$@"

fleet='sandbox-111111'
# mesh.yaml does not have the number of the project (spec.fleet.projectNumber): it is looked up.
number=''
name='cluster-1'
project='sandbox-111111'
location='asia-south1-a'
cluster='cluster-1'
api='https://container.googleapis.com/v1/'
pool='sandbox-111111.svc.id.goog'
membership='cluster-1'
place='asia-south1'
look_at_cluster
identities
register
labels
feature
finish
