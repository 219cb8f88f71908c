#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Registers cluster cluster-name-1 in the fleet of project fleet-project-id, and enables Cloud Service Mesh for it.
# The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
#   gcloud projects add-iam-policy-binding project-id-1 --role=roles/gkehub.serviceAgent \
#     --member=serviceAccount:service-123456789012@gcp-sa-gkehub.iam.gserviceaccount.com
#   gcloud projects add-iam-policy-binding project-id-1 --role=roles/anthosservicemesh.serviceAgent \
#     --member=serviceAccount:service-123456789012@gcp-sa-servicemesh.iam.gserviceaccount.com
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"
begin 'deploy/gcloud/cluster-name-1/fleet.sh' '' "$@"

fleet='fleet-project-id'
number='123456789012'
name='cluster-name-1'
project='project-id-1'
location='us-central1'
cluster='cluster-name-1'
api='https://container.googleapis.com/v1/'
pool='project-id-1.svc.id.goog'
membership='cluster-name-1'
place='us-central1'
read_cluster
identities
register
labels
feature
finish
