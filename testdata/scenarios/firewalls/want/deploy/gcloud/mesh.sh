# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash disable=SC2034
#
# What the mesh requires of Google Cloud. The scripts in this directory read this file, which changes nothing itself.

mesh='retail'

# VPC networks, for firewall.sh.
networks=(
  'retail-net/abroad'
  'retail-net/corp'
  'retail-shop/shop'
)
# Clusters whose API servers must allow control planes, for access.sh.
servers=(
  'north'
  'south'
)
# Clusters that are registered in the fleet, for fleet.sh.
members=()
# What teardown.sh keeps.
kept=(
  'kept: global access of north, which other software may use. To disable it: gcloud container clusters update north --project=retail-north --location=europe-west1 --no-enable-master-global-access'
  'kept: global access of south, which other software may use. To disable it: gcloud container clusters update south --project=retail-south --location=europe-west4-b --no-enable-master-global-access'
)

# network_rules NETWORK COMMAND runs COMMAND for each firewall rule of a VPC network.
network_rules() {
  case $1 in
  'retail-net/abroad')
    # Clusters: abroad.
    # No rule: no cluster calls the pods of abroad directly.
    project='retail-net'
    network='abroad'
    missing=()
    ;;
  'retail-net/corp')
    # Clusters: north, south.
    project='retail-net'
    network='corp'
    missing=()

    # south: its control plane to the injection webhook, at the port of the pod
    # GKE's own rule allows only ports 443 and 10250, and must not be changed
    name='mesh-retail-south-webhook'
    description='kubectl-mesh retail webhook south'
    priority='1000'
    allow=(
      'tcp:15017'
    )
    sources=(
      '172.16.0.16/28'
    )
    targets=(
      'mesh-south'
    )
    "$2"

    # north: its control plane to the injection webhook, at the port of the pod
    # GKE's own rule allows only ports 443 and 10250, and must not be changed
    name='mesh-retail-north-webhook'
    description='kubectl-mesh retail webhook north'
    priority='1000'
    allow=(
      'tcp:15017'
    )
    sources=(
      '172.16.0.0/28'
    )
    targets=(
      'mesh-north'
    )
    "$2"

    # calls from pod to pod
    # north, south may call each other
    # shop may call them too
    name='mesh-retail-corp-pods-v6'
    description='kubectl-mesh retail firewall'
    priority='1000'
    allow=(
      'tcp:8080'
      'tcp:9000-9100'
    )
    sources=(
      '2001:db8:8::/48'
    )
    targets=(
      'mesh-north'
      'mesh-south'
    )
    "$2"

    # calls from pod to pod
    # north, south may call each other
    # shop may call them too
    name='mesh-retail-corp-pods'
    description='kubectl-mesh retail firewall'
    priority='1000'
    allow=(
      'tcp:8080'
      'tcp:9000-9100'
    )
    sources=(
      '10.8.0.0/14'
      '10.12.0.0/14'
      '10.16.0.0/14'
    )
    targets=(
      'mesh-north'
      'mesh-south'
    )
    "$2"

    # calls from other networks through the east-west gateway
    # abroad may call north
    name='mesh-retail-corp-gateways'
    description='kubectl-mesh retail firewall'
    priority='1000'
    allow=(
      'tcp:15443'
    )
    sources=(
      '203.0.113.16/28'
    )
    targets=(
      'mesh-north'
    )
    "$2"
    ;;
  'retail-shop/shop')
    # Clusters: shop.
    project='retail-shop'
    network='shop'
    missing=()

    # calls from pod to pod
    # edge, north, south may call shop
    name='mesh-retail-shop-pods-v6'
    description='kubectl-mesh retail firewall'
    priority='1000'
    allow=(
      'tcp:8080'
      'tcp:9000-9100'
    )
    sources=(
      '2001:db8:8::/48'
    )
    targets=(
      'mesh-shop'
    )
    "$2"

    # calls from pod to pod
    # edge, north, south may call shop
    name='mesh-retail-shop-pods'
    description='kubectl-mesh retail firewall'
    priority='1000'
    allow=(
      'tcp:8080'
      'tcp:9000-9100'
    )
    sources=(
      '10.8.0.0/14'
      '10.12.0.0/14'
      '10.64.0.0/16'
    )
    targets=(
      'mesh-shop'
    )
    "$2"
    ;;
  esac
}

# api_server CLUSTER sets what the API server of a cluster must allow.
api_server() {
  name=$1
  case $1 in
  'north')
    project='retail-north'
    location='europe-west1'
    cluster='north'
    limit=100
    # abroad reads north at its public endpoint, which must authorize its NAT addresses.
    # shop reads north at its public endpoint, which must authorize its NAT addresses.
    # south is not in the subnet of north: its pods must be authorized.
    # south is in region europe-west4, but north is in europe-west1: its private endpoint requires global access.
    required=(
      '10.12.0.0/14'
      '203.0.113.8/32'
      '203.0.113.16/28'
    )
    # gke.authorizedNetworks of mesh.yaml
    listed=(
      '192.0.2.0/24'
    )
    global=yes
    ;;
  'south')
    project='retail-south'
    location='europe-west4-b'
    cluster='south'
    limit=100
    # north authorized networks of south are disabled.
    # north is in region europe-west1, but south is in europe-west4: its private endpoint requires global access.
    # shop authorized networks of south are disabled.
    required=()
    # gke.authorizedNetworks of mesh.yaml
    listed=()
    global=yes
    ;;
  esac
}
