# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash
#
# What the API server of each GKE cluster must allow. The script access.sh of each cluster sources this file.

# open_access allows control planes to reach the API server of cluster $name.
open_access() {
  case $name in
  'east')
    # edge authorized networks of east are disabled.
    # edge is in region unknown, but east is in us-east1: its private endpoint requires global access.
    # west authorized networks of east are disabled.
    # west is in region unknown, but east is in us-east1: its private endpoint requires global access.
    global_access
    ;;
  esac
}
