#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Reverts the other scripts of mesh retail, in reverse order, and lists what it keeps. Remove the clusters from the mesh first.
#
# Without --yes, it prints the changes and makes none. A second run with --yes changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
begin 'deploy/gcloud/teardown.sh' '' "$@"

# Authorized networks of north.
name='north'
project='retail-north'
location='europe-west1'
cluster='north'
remove_networks \
  '10.12.0.0/14' \
  '203.0.113.8/32' \
  '203.0.113.16/28'

# The webhook of south.
network='corp'
mark='kubectl-mesh retail webhook south'
read_rules 'retail-net'
remove 'mesh-retail-south-webhook'

# The webhook of north.
network='corp'
mark='kubectl-mesh retail webhook north'
remove 'mesh-retail-north-webhook'

# VPC network shop of project retail-shop.
network='shop'
mark='kubectl-mesh retail firewall'
read_rules 'retail-shop'
remove 'mesh-retail-shop-pods-v6'
remove 'mesh-retail-shop-pods'

# VPC network corp of project retail-net.
network='corp'
mark='kubectl-mesh retail firewall'
read_rules 'retail-net'
remove 'mesh-retail-corp-pods-v6'
remove 'mesh-retail-corp-pods'
remove 'mesh-retail-corp-gateways'

echo 'kept: global access of south, which other software may use. To disable it: gcloud container clusters update south --project=retail-south --location=europe-west4-b --no-enable-master-global-access'
echo 'kept: global access of north, which other software may use. To disable it: gcloud container clusters update north --project=retail-north --location=europe-west1 --no-enable-master-global-access'
finish
