#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Reverts the other scripts of mesh fleet-project-id, in reverse order, and lists what it keeps. Remove the clusters from the mesh first.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

# Authorized networks of cluster-name-4.
name='cluster-name-4'
project='project-id-2'
location='us-west1-b'
cluster='cluster-name-4'
remove_networks \
  '10.8.0.0/14' \
  '10.16.0.0/14'

# Authorized networks of cluster-name-3.
name='cluster-name-3'
project='project-id-1'
location='us-central1'
cluster='cluster-name-3'
remove_networks \
  '10.12.0.0/14' \
  '10.20.0.0/14'

# The webhook of cluster-name-4.
network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id webhook cluster-name-4'
read_rules 'fleet-project-id'
remove 'mesh-fleet-project-id-cluster-name-4-webhook'

# The webhook of cluster-name-3.
network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id webhook cluster-name-3'
remove 'mesh-fleet-project-id-cluster-name-3-webhook'

# VPC network gke-cluster-vpc of project fleet-project-id.
network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id firewall'
remove 'mesh-fleet-project-id-gke-cluster-vpc-pods'

echo 'kept: global access of cluster-name-4, which other software may use. To disable it: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --no-enable-master-global-access'
echo 'kept: global access of cluster-name-3, which other software may use. To disable it: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --no-enable-master-global-access'
echo 'kept: cluster-name-1 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-1 --project=project-id-1 --location=us-central1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-1 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
echo 'kept: cluster-name-2 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-2 --project=project-id-2 --location=us-west1-b --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-2 --project=project-id-2 --location=us-west1-b --remove-labels=mesh_id'
echo 'kept: cluster-name-3 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
echo 'kept: cluster-name-4 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --remove-labels=mesh_id'
echo 'kept: feature servicemesh of the fleet of project fleet-project-id. To disable it for all of its clusters: gcloud container fleet mesh disable --project=fleet-project-id'
finish
