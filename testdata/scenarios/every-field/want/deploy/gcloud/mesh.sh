# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash disable=SC2034
#
# What the mesh requires of Google Cloud. The scripts in this directory read this file, which changes nothing itself.

mesh='shop'

# VPC networks, for firewall.sh.
networks=(
  'acme/default'
)
# Clusters whose API servers must allow control planes, for access.sh.
servers=(
  'east'
)
# Clusters that are registered in the fleet, for fleet.sh.
members=()
# What teardown.sh keeps.
kept=(
  'kept: global access of east, which other software may use. To disable it: gcloud container clusters update east --project=acme --location=us-east1 --no-enable-master-global-access'
)

# network_rules NETWORK COMMAND runs COMMAND for each firewall rule of a VPC network.
network_rules() {
  case $1 in
  'acme/default')
    # Clusters: east.
    project='acme'
    network='default'
    missing=(
      'no rule can allow the pods of edge, which call east: podCIDRs is unknown'
      'no rule can allow the pods of west, which call east: podCIDRs is unknown'
    )
    ;;
  esac
}

# api_server CLUSTER sets what the API server of a cluster must allow.
api_server() {
  name=$1
  case $1 in
  'east')
    project='acme'
    location='us-east1'
    cluster='east'
    limit=50
    # edge authorized networks of east are disabled.
    # edge is in region unknown, but east is in us-east1: its private endpoint requires global access.
    # west authorized networks of east are disabled.
    # west is in region unknown, but east is in us-east1: its private endpoint requires global access.
    required=()
    # gke.authorizedNetworks of mesh.yaml
    listed=()
    global=yes
    ;;
  esac
}
