#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Reverts the other scripts of mesh proj-123456789012, in reverse order, and lists what it keeps. Remove the clusters from the mesh first.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

# VPC network gke-cluster-vpc of project fleet-project-id.
network='gke-cluster-vpc'
mark='kubectl-mesh proj-123456789012 firewall'
read_rules 'fleet-project-id'
remove 'mesh-proj-123456789012-gke-cluster-vpc-pods'

echo 'kept: cluster-1 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-1 --project=project-id-1 --location=us-central1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-1 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
echo 'kept: cluster-2 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-2 --project=project-id-2 --location=us-west1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-2 --project=project-id-2 --location=us-west1 --remove-labels=mesh_id'
echo 'kept: cluster-3 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-3 --project=project-id-2 --location=us-east1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-3 --project=project-id-2 --location=us-east1 --remove-labels=mesh_id'
echo 'kept: feature servicemesh of the fleet of project fleet-project-id. To disable it for all of its clusters: gcloud container fleet mesh disable --project=fleet-project-id'
finish
