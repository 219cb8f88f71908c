# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash
#
# What the API server of each GKE cluster must allow. The script access.sh of each cluster sources this file.

# open_access allows control planes to reach the API server of cluster $name.
open_access() {
  case $name in
  'cluster-name-3')
    # cluster-name-1 is in the subnet of cluster-name-3, which its private endpoint allows.
    # cluster-name-1 is in the region of cluster-name-3: global access is not required.
    # cluster-name-2 is not in the subnet of cluster-name-3: its pods must be authorized.
    # cluster-name-2 is in region us-west1, but cluster-name-3 is in us-central1: its private endpoint requires global access.
    # cluster-name-4 is not in the subnet of cluster-name-3: its pods must be authorized.
    # cluster-name-4 is in region us-west1, but cluster-name-3 is in us-central1: its private endpoint requires global access.
    # Authorized networks that this mesh requires, followed by those in gke.authorizedNetworks of mesh.yaml.
    allow_networks 100 \
      '10.12.0.0/14' \
      '10.20.0.0/14' \
      '192.0.2.0/24'
    global_access
    ;;
  'cluster-name-4')
    # cluster-name-1 is not in the subnet of cluster-name-4: its pods must be authorized.
    # cluster-name-1 is in region us-central1, but cluster-name-4 is in us-west1: its private endpoint requires global access.
    # cluster-name-2 is in the subnet of cluster-name-4, which its private endpoint allows.
    # cluster-name-2 is in the region of cluster-name-4: global access is not required.
    # cluster-name-3 is not in the subnet of cluster-name-4: its pods must be authorized.
    # cluster-name-3 is in region us-central1, but cluster-name-4 is in us-west1: its private endpoint requires global access.
    # Authorized networks that this mesh requires, followed by those in gke.authorizedNetworks of mesh.yaml.
    allow_networks 100 \
      '10.8.0.0/14' \
      '10.16.0.0/14' \
      '192.0.2.0/24' \
      '198.51.100.0/24'
    global_access
    ;;
  esac
}
