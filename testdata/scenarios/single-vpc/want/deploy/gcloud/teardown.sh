#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Reverts the other scripts of mesh sandbox, in reverse order, and lists what it keeps. Remove the clusters from the mesh first.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

# VPC network default of project sandbox-111111.
network='default'
mark='kubectl-mesh sandbox firewall'
read_rules 'sandbox-111111'
remove 'mesh-sandbox-default-pods'

echo 'kept: cluster-1 in the fleet of project sandbox-111111, which other software may use. To remove it: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --clear-fleet-project; to remove the label: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --remove-labels=mesh_id'
echo 'kept: cluster-2 in the fleet of project sandbox-111111, which other software may use. To remove it: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --clear-fleet-project; to remove the label: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --remove-labels=mesh_id'
echo 'kept: feature servicemesh of the fleet of project sandbox-111111. To disable it for all of its clusters: gcloud container fleet mesh disable --project=sandbox-111111'
finish
