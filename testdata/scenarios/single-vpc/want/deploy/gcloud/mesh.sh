# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash disable=SC2034
#
# What the mesh requires of Google Cloud. The scripts in this directory read this file, which changes nothing itself.

mesh='sandbox'

# VPC networks, for firewall.sh.
networks=(
  'sandbox-111111/default'
)
# Clusters whose API servers must allow control planes, for access.sh.
servers=()
# Clusters that are registered in the fleet, for fleet.sh.
members=(
  'cluster-1'
  'cluster-2'
)
# What teardown.sh keeps.
kept=(
  'kept: cluster-1 in the fleet of project sandbox-111111, which other software may use. To remove it: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --clear-fleet-project; to remove the label: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --remove-labels=mesh_id'
  'kept: cluster-2 in the fleet of project sandbox-111111, which other software may use. To remove it: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --clear-fleet-project; to remove the label: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --remove-labels=mesh_id'
  'kept: feature servicemesh of the fleet of project sandbox-111111. To disable it for all of its clusters: gcloud container fleet mesh disable --project=sandbox-111111'
)

# network_rules NETWORK COMMAND runs COMMAND for each firewall rule of a VPC network.
network_rules() {
  case $1 in
  'sandbox-111111/default')
    # Clusters: cluster-1, cluster-2.
    project='sandbox-111111'
    network='default'
    missing=()

    # calls from pod to pod
    # cluster-1, cluster-2 may call each other
    name='mesh-sandbox-default-pods'
    description='kubectl-mesh sandbox firewall'
    priority='1000'
    allow=(
      'tcp'
    )
    sources=(
      '10.8.0.0/14'
      '10.12.0.0/14'
    )
    targets=(
      'gke-cluster-1-0a1b2c3d-node'
      'gke-cluster-2-4e5f6a7b-node'
    )
    "$2"
    ;;
  esac
}

fleet='sandbox-111111'
# spec.fleet.projectNumber is not set in mesh.yaml: the number is read from the project.
number=''
api='https://container.googleapis.com/v1/'

# fleet_member CLUSTER sets the membership of a cluster.
fleet_member() {
  name=$1
  case $1 in
  'cluster-1')
    project='sandbox-111111'
    location='asia-south1-a'
    cluster='cluster-1'
    pool='sandbox-111111.svc.id.goog'
    membership='cluster-1'
    place='asia-south1'
    managed=no
    ;;
  'cluster-2')
    project='sandbox-111111'
    location='asia-southeast1-a'
    cluster='cluster-2'
    pool='sandbox-111111.svc.id.goog'
    membership='cluster-2'
    place='asia-southeast1'
    managed=no
    ;;
  esac
}
