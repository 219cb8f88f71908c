# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash disable=SC2034
#
# What the mesh requires of Google Cloud. The scripts in this directory read this file, which changes nothing itself.

mesh='bookinfo'

# VPC networks, for firewall.sh.
networks=(
  'bookinfo-demo/default'
)
# Clusters whose API servers must allow control planes, for access.sh.
servers=()
# Clusters that are registered in the fleet, for fleet.sh.
members=()
# What teardown.sh keeps.
kept=()

# network_rules NETWORK COMMAND runs COMMAND for each firewall rule of a VPC network.
network_rules() {
  case $1 in
  'bookinfo-demo/default')
    # Clusters: central, east, west.
    project='bookinfo-demo'
    network='default'
    missing=()

    # calls from pod to pod
    # central, east, west may call each other
    name='mesh-bookinfo-default-pods'
    description='kubectl-mesh bookinfo firewall'
    priority='1000'
    allow=(
      'tcp:5000'
      'tcp:9080'
    )
    sources=(
      '10.8.0.0/14'
      '10.12.0.0/14'
      '10.16.0.0/14'
    )
    targets=(
      'gke-central-0a1b2c3d-node'
      'gke-east-8c9d0e1f-node'
      'gke-west-4e5f6a7b-node'
    )
    "$2"

    # connections from other clusters to istiod, through the east-west gateway
    # east, west may call central
    name='mesh-bookinfo-default-istiod'
    description='kubectl-mesh bookinfo firewall'
    priority='1000'
    allow=(
      'tcp:15012'
      'tcp:15017'
    )
    sources=(
      '10.12.0.0/14'
      '10.16.0.0/14'
    )
    targets=(
      'gke-central-0a1b2c3d-node'
    )
    "$2"
    ;;
  esac
}
