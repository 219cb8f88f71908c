#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Takes back what the other scripts of mesh fleet-project-id did, in reverse order, and says what it leaves. Take the clusters out of the mesh first.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 LC_ALL=C

usage() {
  cat <<'USAGE'
usage: bash deploy/gcloud/teardown.sh [--dry-run | --yes]
  --dry-run  print what would be changed, and change nothing (the default)
  --yes      change it
USAGE
}

dry_run=no
yes=no
for argument in "$@"; do
  case $argument in
  --dry-run) dry_run=yes ;;
  --yes) yes=yes ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    printf 'error: unknown argument: %s\n' "$argument" >&2
    usage >&2
    exit 2
    ;;
  esac
done
if [[ $dry_run == yes && $yes == yes ]]; then
  echo 'error: --dry-run and --yes contradict each other' >&2
  exit 2
fi
changes=0

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

# change WORD… runs a command that changes something, with --yes.
change() {
  changes=$((changes + 1))
  if [[ $yes == yes ]]; then
    "$@"
  fi
}

# joined WORD… is a list as gcloud takes it: sorted, each once. An empty one would mean everybody.
joined() {
  if (($# == 0)); then
    fail 'a list is empty'
  fi
  printf '%s\n' "$@" | sort -u | paste -sd, -
}

# in_order LIST is a list of gcloud, sorted.
in_order() {
  tr ',' '\n' <<<"$1" | sort -u | paste -sd, -
}

# compare NAME BEFORE AFTER prints what goes from a list and what comes to it.
compare() {
  comm -23 <(tr ',' '\n' <<<"$2" | sed '/^$/d') <(tr ',' '\n' <<<"$3" | sed '/^$/d') | sed "s|^|  - $1: |"
  comm -13 <(tr ',' '\n' <<<"$2" | sed '/^$/d') <(tr ',' '\n' <<<"$3" | sed '/^$/d') | sed "s|^|  + $1: |"
}

# finish says what the run came to.
finish() {
  if ((changes == 0)); then
    echo 'Nothing to change.'
  elif [[ $yes == yes ]]; then
    echo "Changed: $changes."
  else
    echo "To be changed: $changes. Nothing was: run it with --yes."
  fi
}

# GKE describes the endpoints in two places, an older and a newer one; a cluster may have either.
readonly older=masterAuthorizedNetworksConfig newer=controlPlaneEndpointsConfig.ipEndpointsConfig

# look_at_access reads who may reach the API server of the cluster.
look_at_access() {
  local line enabled_older networks_older enforced_older google_older
  line=$(gcloud container clusters describe "$cluster" --project="$project" --location="$location" --format="value[separator='|'](
    $newer.authorizedNetworksConfig.enabled, $older.enabled,
    $newer.authorizedNetworksConfig.cidrBlocks[].cidrBlock.list(), $older.cidrBlocks[].cidrBlock.list(),
    $newer.authorizedNetworksConfig.privateEndpointEnforcementEnabled, $older.privateEndpointEnforcementEnabled,
    $newer.authorizedNetworksConfig.gcpPublicCidrsAccessEnabled, $older.gcpPublicCidrsAccessEnabled,
    $newer.globalAccess, privateClusterConfig.masterGlobalAccessConfig.enabled)")
  IFS='|' read -r has_enabled enabled_older has_networks networks_older has_enforced enforced_older has_google google_older has_global <<<"$line"
  has_enabled=${has_enabled:-$enabled_older}
  has_enforced=${has_enforced:-$enforced_older}
  has_google=${has_google:-$google_older}
  has_networks=$(in_order "$has_networks,$networks_older")
  has_networks=${has_networks#,}
  if [[ $has_global == *True* ]]; then # in either place
    has_global=yes
  fi
}

# save keeps what is about to be changed, where the script is run.
save() {
  local file
  file="$name-access.$(date -u +%Y%m%dT%H%M%SZ).json"
  (
    umask 077
    set -o noclobber
    gcloud container clusters describe "$cluster" --project="$project" --location="$location" \
      --format="json($older, $newer, privateClusterConfig)" >"$file"
  )
  echo "  saved what is there to $file"
}

# authorize LIST replaces the authorized networks: gcloud knows no way to add one. What it would forget is said again.
authorize() {
  arguments+=(--enable-master-authorized-networks --master-authorized-networks="$1")
  case $has_enforced in
  True) arguments+=(--enable-authorized-networks-on-private-endpoint) ;;
  False) arguments+=(--no-enable-authorized-networks-on-private-endpoint) ;;
  *) ;;
  esac
  case $has_google in
  True) arguments+=(--enable-google-cloud-access) ;;
  False) arguments+=(--no-enable-google-cloud-access) ;;
  *) ;;
  esac
  if [[ $has_global == yes ]]; then
    arguments+=(--enable-master-global-access)
  fi
}

# update sends all of it at once: each update takes minutes.
update() {
  if [[ $yes == yes ]]; then
    save
  fi
  change gcloud container clusters update "$cluster" --project="$project" --location="$location" "${arguments[@]}" --quiet --format=none
}

# forget takes the authorized networks of the mesh out of the list.
forget() {
  local gone networks
  look_at_access
  gone=$(joined "${needed[@]}")
  networks=$(comm -23 <(tr ',' '\n' <<<"$has_networks") <(tr ',' '\n' <<<"$gone") | paste -sd, -)
  if [[ $has_enabled != True || $networks == "$has_networks" ]]; then
    echo "unchanged authorized networks of $name"
    return
  fi
  if [[ -z $networks ]]; then
    echo "unchanged authorized networks of $name: nobody would be left who reaches it"
    return
  fi
  echo "update authorized networks of $name (cluster $cluster of project $project)"
  compare network "$has_networks" "$networks"
  arguments=()
  authorize "$networks"
  update
}

# look PROJECT reads the firewall rules that are there, a line each. A description is free text: what is not plain in it
# becomes a question mark.
look() {
  project=$1
  there=$(gcloud compute firewall-rules list --project="$project" --format='value[separator="|"](
    name, network.basename(), direction, description.sub("[^a-z0-9 -]", "?"), priority, disabled,
    allowed[].map().firewall_rule().list(), sourceRanges.list(), targetTags.list(),
    denied[].map().firewall_rule().list(), sourceTags.list(), sourceServiceAccounts.list(),
    targetServiceAccounts.list(), destinationRanges.list())')
}

# ours NAME stops at a rule of that name that is another's.
ours() {
  if [[ $has_network != "$network" || $has_mark != "$mark" ]]; then
    fail "rule $1 of project $project is not one of this mesh (network $has_network, description \"$has_mark\"): it is left alone"
  fi
}

# find_rule NAME tells whether there is a rule of exactly this name, and sets what it is.
find_rule() {
  while IFS='|' read -r has_name has_network _ has_mark _; do
    if [[ $has_name == "$1" ]]; then
      return 0
    fi
  done <<<"$there"
  return 1
}

# remove deletes a rule, by its exact name.
remove() {
  if ! find_rule "$1"; then
    echo "unchanged: no rule $1 in project $project"
    return
  fi
  ours "$1"
  echo "remove rule $1 of project $project"
  change gcloud compute firewall-rules delete "$1" --project="$project" --quiet --format=none
}

# Who may reach the API server of cluster-name-4.
name='cluster-name-4'
project='project-id-2'
location='us-west1-b'
cluster='cluster-name-4'
needed=(
  '10.8.0.0/14'
  '10.16.0.0/14'
)
forget

# Who may reach the API server of cluster-name-3.
name='cluster-name-3'
project='project-id-1'
location='us-central1'
cluster='cluster-name-3'
needed=(
  '10.12.0.0/14'
  '10.20.0.0/14'
)
forget

# The webhook of cluster-name-4.
network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id webhook cluster-name-4'
look 'fleet-project-id'
remove 'mesh-fleet-project-id-cluster-name-4-webhook'

# The webhook of cluster-name-3.
network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id webhook cluster-name-3'
remove 'mesh-fleet-project-id-cluster-name-3-webhook'

# VPC network gke-cluster-vpc of project fleet-project-id.
network='gke-cluster-vpc'
mark='kubectl-mesh fleet-project-id firewall'
remove 'mesh-fleet-project-id-gke-cluster-vpc-pods'

echo 'left as it is: global access of cluster-name-4, for others may use it by now. To switch it off: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --no-enable-master-global-access'
echo 'left as it is: global access of cluster-name-3, for others may use it by now. To switch it off: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --no-enable-master-global-access'
echo 'left as it is: cluster-name-1 in the fleet of project fleet-project-id, for others may use it by now. To have it leave: gcloud container clusters update cluster-name-1 --project=project-id-1 --location=us-central1 --clear-fleet-project; and for the label: gcloud container clusters update cluster-name-1 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
echo 'left as it is: cluster-name-2 in the fleet of project fleet-project-id, for others may use it by now. To have it leave: gcloud container clusters update cluster-name-2 --project=project-id-2 --location=us-west1-b --clear-fleet-project; and for the label: gcloud container clusters update cluster-name-2 --project=project-id-2 --location=us-west1-b --remove-labels=mesh_id'
echo 'left as it is: cluster-name-3 in the fleet of project fleet-project-id, for others may use it by now. To have it leave: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --clear-fleet-project; and for the label: gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --remove-labels=mesh_id'
echo 'left as it is: cluster-name-4 in the fleet of project fleet-project-id, for others may use it by now. To have it leave: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --clear-fleet-project; and for the label: gcloud container clusters update cluster-name-4 --project=project-id-2 --location=us-west1-b --remove-labels=mesh_id'
echo 'left as it is: feature servicemesh of the fleet of project fleet-project-id. To switch it off for all of its clusters: gcloud container fleet mesh disable --project=fleet-project-id'
finish
