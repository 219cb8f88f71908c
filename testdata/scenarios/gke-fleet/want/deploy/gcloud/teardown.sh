#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Takes back what the other scripts of mesh proj-123456789012 did, in reverse order, and says what it leaves. Take the clusters out of the mesh first.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

# VPC network gke-cluster-vpc of project fleet-project-id.
network='gke-cluster-vpc'
mark='kubectl-mesh proj-123456789012 firewall'
look 'fleet-project-id'
remove 'mesh-proj-123456789012-gke-cluster-vpc-pods'

echo 'left as it is: cluster-1 in the fleet of project fleet-project-id, for others may use it by now. To have it leave: gcloud container clusters update cluster-1 --project=project-id-1 --location=us-central1 --clear-fleet-project; and for the label: gcloud container clusters update cluster-1 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
echo 'left as it is: cluster-2 in the fleet of project fleet-project-id, for others may use it by now. To have it leave: gcloud container clusters update cluster-2 --project=project-id-2 --location=us-west1 --clear-fleet-project; and for the label: gcloud container clusters update cluster-2 --project=project-id-2 --location=us-west1 --remove-labels=mesh_id'
echo 'left as it is: cluster-3 in the fleet of project fleet-project-id, for others may use it by now. To have it leave: gcloud container clusters update cluster-3 --project=project-id-2 --location=us-east1 --clear-fleet-project; and for the label: gcloud container clusters update cluster-3 --project=project-id-2 --location=us-east1 --remove-labels=mesh_id'
echo 'left as it is: feature servicemesh of the fleet of project fleet-project-id. To switch it off for all of its clusters: gcloud container fleet mesh disable --project=fleet-project-id'
finish
