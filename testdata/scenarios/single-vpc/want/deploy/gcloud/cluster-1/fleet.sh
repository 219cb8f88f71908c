#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Registers cluster cluster-1 in the fleet of project sandbox-111111, and enables Cloud Service Mesh for it.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/cluster-1/fleet.sh' '' "$@"

fleet='sandbox-111111'
# spec.fleet.projectNumber is not set in mesh.yaml: the number is read from the project.
number=''
name='cluster-1'
project='sandbox-111111'
location='asia-south1-a'
cluster='cluster-1'
api='https://container.googleapis.com/v1/'
pool='sandbox-111111.svc.id.goog'
membership='cluster-1'
place='asia-south1'
read_cluster
identities
register
labels
feature
finish
