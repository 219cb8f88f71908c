# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash
#
# What the API server of each GKE cluster must allow. The script access.sh of each cluster sources this file.

# open_access allows control planes to reach the API server of cluster $name.
open_access() {
  case $name in
  'north')
    # abroad reads north at its public endpoint, which must authorize its NAT addresses.
    # shop reads north at its public endpoint, which must authorize its NAT addresses.
    # south is not in the subnet of north: its pods must be authorized.
    # south is in region europe-west4, but north is in europe-west1: its private endpoint requires global access.
    # Authorized networks that this mesh requires, followed by those in gke.authorizedNetworks of mesh.yaml.
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
