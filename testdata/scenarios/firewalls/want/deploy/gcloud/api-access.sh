# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash
#
# What the API server of each GKE cluster has to allow. The script access.sh of a cluster applies its part.

# open_access opens the API server of the cluster $name.
open_access() {
  case $name in
  'north')
    # abroad reads north at its public endpoint, which must authorize its NAT addresses.
    # shop reads north at its public endpoint, which must authorize its NAT addresses.
    # south is not in the subnet of north: its pods must be authorized.
    # south is in region europe-west4, but north is in europe-west1: its private endpoint requires global access.
    # Authorized networks that this mesh needs, and below them those that mesh.yaml says are there already.
    allow_networks 100 \
      '10.12.0.0/14' \
      '203.0.113.8/32' \
      '203.0.113.16/28' \
      '192.0.2.0/24'
    global_access
    ;;
  'south')
    # north authorized networks of south are disabled.
    # north is in region europe-west1, but south is in europe-west4: its private endpoint requires global access.
    # shop authorized networks of south are disabled.
    global_access
    ;;
  esac
}
