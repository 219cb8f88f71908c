# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash disable=SC2034
#
# What the mesh requires of Google Cloud. The scripts in this directory read this file, which changes nothing itself.

mesh='proj-123456789012'

# VPC networks, for firewall.sh.
networks=(
  'fleet-project-id/gke-cluster-vpc'
)
# Clusters whose API servers must allow control planes, for access.sh.
servers=()
# Clusters that are registered in the fleet, for fleet.sh.
members=(
  'cluster-1'
  'cluster-2'
  'cluster-3'
)
# What teardown.sh keeps.
kept=(
  'kept: cluster-1 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-1 --project=project-id-1 --location=us-central1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-1 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
  'kept: cluster-2 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-2 --project=project-id-2 --location=us-west1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-2 --project=project-id-2 --location=us-west1 --remove-labels=mesh_id'
  'kept: cluster-3 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-3 --project=project-id-2 --location=us-east1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-3 --project=project-id-2 --location=us-east1 --remove-labels=mesh_id'
  'kept: feature servicemesh of the fleet of project fleet-project-id. To disable it for all of its clusters: gcloud container fleet mesh disable --project=fleet-project-id'
)

# network_rules NETWORK COMMAND runs COMMAND for each firewall rule of a VPC network.
network_rules() {
  case $1 in
  'fleet-project-id/gke-cluster-vpc')
    # Clusters: cluster-1, cluster-2, cluster-3.
    project='fleet-project-id'
    network='gke-cluster-vpc'
    missing=()

    # calls from pod to pod
    # cluster-1, cluster-2, cluster-3 may call each other
    name='mesh-proj-123456789012-gke-cluster-vpc-pods'
    description='kubectl-mesh proj-123456789012 firewall'
    priority='1000'
    allow=(
      'tcp'
    )
    sources=(
      '10.8.0.0/14'
      '10.12.0.0/14'
      '10.16.0.0/14'
    )
    targets=(
      'gke-cluster-1-0a1b2c3d-node'
      'gke-cluster-2-4e5f6a7b-node'
      'gke-cluster-3-8c9d0e1f-node'
    )
    "$2"
    ;;
  esac
}

fleet='fleet-project-id'
# spec.fleet.projectNumber is not set in mesh.yaml: the number is read from the project.
number=''
api='https://container.googleapis.com/v1/'

# fleet_member CLUSTER sets the membership of a cluster.
fleet_member() {
  name=$1
  case $1 in
  'cluster-1')
    # The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
    #   gcloud projects add-iam-policy-binding project-id-1 --role=roles/gkehub.serviceAgent \
    #     --member=serviceAccount:service-FLEET_PROJECT_NUMBER@gcp-sa-gkehub.iam.gserviceaccount.com
    #   gcloud projects add-iam-policy-binding project-id-1 --role=roles/anthosservicemesh.serviceAgent \
    #     --member=serviceAccount:service-FLEET_PROJECT_NUMBER@gcp-sa-servicemesh.iam.gserviceaccount.com
    project='project-id-1'
    location='us-central1'
    cluster='cluster-1'
    pool='project-id-1.svc.id.goog'
    membership='cluster-1'
    place='us-central1'
    managed=yes
    ;;
  'cluster-2')
    # The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/gkehub.serviceAgent \
    #     --member=serviceAccount:service-FLEET_PROJECT_NUMBER@gcp-sa-gkehub.iam.gserviceaccount.com
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/anthosservicemesh.serviceAgent \
    #     --member=serviceAccount:service-FLEET_PROJECT_NUMBER@gcp-sa-servicemesh.iam.gserviceaccount.com
    project='project-id-2'
    location='us-west1'
    cluster='cluster-2'
    pool='project-id-2.svc.id.goog'
    membership='cluster-2'
    place='us-west1'
    managed=yes
    ;;
  'cluster-3')
    # The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/gkehub.serviceAgent \
    #     --member=serviceAccount:service-FLEET_PROJECT_NUMBER@gcp-sa-gkehub.iam.gserviceaccount.com
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/anthosservicemesh.serviceAgent \
    #     --member=serviceAccount:service-FLEET_PROJECT_NUMBER@gcp-sa-servicemesh.iam.gserviceaccount.com
    project='project-id-2'
    location='us-east1'
    cluster='cluster-3'
    pool='project-id-2.svc.id.goog'
    membership='cluster-3'
    place='us-east1'
    managed=yes
    ;;
  esac
}
