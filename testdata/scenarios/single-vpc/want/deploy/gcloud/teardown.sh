#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Takes back what the other scripts of mesh sandbox did, in reverse order, and says what it leaves. Take the clusters out of the mesh first.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

# VPC network default of project sandbox-111111.
network='default'
mark='kubectl-mesh sandbox firewall'
look 'sandbox-111111'
remove 'mesh-sandbox-default-pods'

echo 'left as it is: cluster-1 in the fleet of project sandbox-111111, for others may use it by now. To have it leave: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --clear-fleet-project; and for the label: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --remove-labels=mesh_id'
echo 'left as it is: cluster-2 in the fleet of project sandbox-111111, for others may use it by now. To have it leave: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --clear-fleet-project; and for the label: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --remove-labels=mesh_id'
echo 'left as it is: feature servicemesh of the fleet of project sandbox-111111. To switch it off for all of its clusters: gcloud container fleet mesh disable --project=sandbox-111111'
finish
