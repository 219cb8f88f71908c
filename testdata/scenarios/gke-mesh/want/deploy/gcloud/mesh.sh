# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash disable=SC2034
#
# What the mesh requires of Google Cloud. The scripts in this directory read this file, which changes nothing itself.

mesh='fleet-project-id'

# VPC networks, for firewall.sh.
networks=(
  'fleet-project-id/gke-cluster-vpc'
)
# Clusters whose API servers must allow control planes, for access.sh.
servers=(
  'cluster-name-3'
  'cluster-name-4'
)
# Clusters that are registered in the fleet, for fleet.sh.
members=(
  'cluster-name-1'
  'cluster-name-2'
  'cluster-name-3'
  'cluster-name-4'
)
# What teardown.sh keeps.
kept=(
  'kept: global access of cluster-name-3, which other software may use. To disable it: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --no-enable-master-global-access'
  'kept: global access of cluster-name-4, which other software may use. To disable it: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --no-enable-master-global-access'
  'kept: cluster-name-1 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-1 --project=project-id-1 --location=us-central1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-1 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
  'kept: cluster-name-2 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-2 --project=project-id-2 --location=us-west1-b --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-2 --project=project-id-2 --location=us-west1-b --remove-labels=mesh_id'
  'kept: cluster-name-3 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
  'kept: cluster-name-4 in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --clear-fleet-project; to remove the label: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --remove-labels=mesh_id'
  'kept: feature servicemesh of the fleet of project fleet-project-id. To disable it for all of its clusters: gcloud container fleet mesh disable --project=fleet-project-id'
)

# network_rules NETWORK COMMAND runs COMMAND for each firewall rule of a VPC network.
network_rules() {
  case $1 in
  'fleet-project-id/gke-cluster-vpc')
    # Clusters: cluster-name-1, cluster-name-2, cluster-name-3, cluster-name-4.
    project='fleet-project-id'
    network='gke-cluster-vpc'
    missing=()

    # calls from pod to pod
    # cluster-name-1, cluster-name-2, cluster-name-3, cluster-name-4 may call each other
    name='mesh-fleet-project-id-gke-cluster-vpc-pods'
    description='kubectl-mesh fleet-project-id firewall'
    priority='1000'
    allow=(
      'tcp'
    )
    sources=(
      '10.8.0.0/14'
      '10.12.0.0/14'
      '10.16.0.0/14'
      '10.20.0.0/14'
    )
    targets=(
      'gke-cluster-name-1-0a1b2c3d-node'
      'gke-cluster-name-2-4e5f6a7b-node'
      'gke-cluster-name-3-8c9d0e1f-node'
      'gke-cluster-name-4-2a3b4c5d-node'
    )
    "$2"

    # cluster-name-4: its control plane to the injection webhook, at the port of the pod
    # GKE's own rule allows only ports 443 and 10250, and must not be changed
    name='mesh-fleet-project-id-cluster-name-4-webhook'
    description='kubectl-mesh fleet-project-id webhook cluster-name-4'
    priority='1000'
    allow=(
      'tcp:15017'
    )
    sources=(
      '172.16.0.16/28'
    )
    targets=(
      'gke-cluster-name-4-2a3b4c5d-node'
    )
    "$2"

    # cluster-name-3: its control plane to the injection webhook, at the port of the pod
    # GKE's own rule allows only ports 443 and 10250, and must not be changed
    name='mesh-fleet-project-id-cluster-name-3-webhook'
    description='kubectl-mesh fleet-project-id webhook cluster-name-3'
    priority='1000'
    allow=(
      'tcp:15017'
    )
    sources=(
      '172.16.0.0/28'
    )
    targets=(
      'gke-cluster-name-3-8c9d0e1f-node'
    )
    "$2"
    ;;
  esac
}

# api_server CLUSTER sets what the API server of a cluster must allow.
api_server() {
  name=$1
  case $1 in
  'cluster-name-3')
    project='project-id-1'
    location='us-central1'
    cluster='cluster-name-3'
    limit=100
    # cluster-name-1 is in the subnet of cluster-name-3, which its private endpoint allows.
    # cluster-name-1 is in the region of cluster-name-3: global access is not required.
    # cluster-name-2 is not in the subnet of cluster-name-3: its pods must be authorized.
    # cluster-name-2 is in region us-west1, but cluster-name-3 is in us-central1: its private endpoint requires global access.
    # cluster-name-4 is not in the subnet of cluster-name-3: its pods must be authorized.
    # cluster-name-4 is in region us-west1, but cluster-name-3 is in us-central1: its private endpoint requires global access.
    required=(
      '10.12.0.0/14'
      '10.20.0.0/14'
    )
    # gke.authorizedNetworks of mesh.yaml
    listed=(
      '192.0.2.0/24'
    )
    global=yes
    ;;
  'cluster-name-4')
    project='project-id-2'
    location='us-west1-b'
    cluster='cluster-name-4'
    limit=100
    # cluster-name-1 is not in the subnet of cluster-name-4: its pods must be authorized.
    # cluster-name-1 is in region us-central1, but cluster-name-4 is in us-west1: its private endpoint requires global access.
    # cluster-name-2 is in the subnet of cluster-name-4, which its private endpoint allows.
    # cluster-name-2 is in the region of cluster-name-4: global access is not required.
    # cluster-name-3 is not in the subnet of cluster-name-4: its pods must be authorized.
    # cluster-name-3 is in region us-central1, but cluster-name-4 is in us-west1: its private endpoint requires global access.
    required=(
      '10.8.0.0/14'
      '10.16.0.0/14'
    )
    # gke.authorizedNetworks of mesh.yaml
    listed=(
      '192.0.2.0/24'
      '198.51.100.0/24'
    )
    global=yes
    ;;
  esac
}

fleet='fleet-project-id'
number='123456789012'
api='https://container.googleapis.com/v1/'

# fleet_member CLUSTER sets the membership of a cluster.
fleet_member() {
  name=$1
  case $1 in
  'cluster-name-1')
    # The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
    #   gcloud projects add-iam-policy-binding project-id-1 --role=roles/gkehub.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-gkehub.iam.gserviceaccount.com
    #   gcloud projects add-iam-policy-binding project-id-1 --role=roles/anthosservicemesh.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-servicemesh.iam.gserviceaccount.com
    project='project-id-1'
    location='us-central1'
    cluster='cluster-name-1'
    pool='project-id-1.svc.id.goog'
    membership='cluster-name-1'
    place='us-central1'
    managed=no
    ;;
  'cluster-name-2')
    # The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/gkehub.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-gkehub.iam.gserviceaccount.com
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/anthosservicemesh.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-servicemesh.iam.gserviceaccount.com
    project='project-id-2'
    location='us-west1-b'
    cluster='cluster-name-2'
    pool='project-id-2.svc.id.goog'
    membership='cluster-name-2'
    place='us-west1'
    managed=no
    ;;
  'cluster-name-3')
    # The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
    #   gcloud projects add-iam-policy-binding project-id-1 --role=roles/gkehub.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-gkehub.iam.gserviceaccount.com
    #   gcloud projects add-iam-policy-binding project-id-1 --role=roles/anthosservicemesh.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-servicemesh.iam.gserviceaccount.com
    project='project-id-1'
    location='us-central1'
    cluster='cluster-name-3'
    pool='project-id-1.svc.id.goog'
    membership='cluster-name-3'
    place='us-central1'
    managed=no
    ;;
  'cluster-name-4')
    # The fleet is in another project, whose service agents require roles in the cluster's project. Its administrator grants them:
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/gkehub.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-gkehub.iam.gserviceaccount.com
    #   gcloud projects add-iam-policy-binding project-id-2 --role=roles/anthosservicemesh.serviceAgent \
    #     --member=serviceAccount:service-123456789012@gcp-sa-servicemesh.iam.gserviceaccount.com
    project='project-id-2'
    location='us-west1-b'
    cluster='cluster-name-4'
    pool='project-id-2.svc.id.goog'
    membership='cluster-name-4'
    place='us-west1'
    managed=no
    ;;
  esac
}
