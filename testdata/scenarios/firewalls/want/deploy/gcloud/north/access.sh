#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Lets control planes reach the API server of cluster north.
# abroad reads north at its public endpoint, where the addresses of its NAT have to be authorized.
# shop reads north at its public endpoint, where the addresses of its NAT have to be authorized.
# south is not in the subnet of north: its pods have to be authorized.
# south is in region europe-west4 and north in europe-west1: its private endpoint needs global access.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 LC_ALL=C

usage() {
  cat <<'USAGE'
usage: bash deploy/gcloud/north/access.sh [--dry-run | --yes] [--prune]
  --dry-run  print what would be changed, and change nothing (the default)
  --yes      change it
  --prune    remove authorized networks that are neither needed nor in mesh.yaml (gke.authorizedNetworks)
USAGE
}

dry_run=no
yes=no
prune=no
for argument in "$@"; do
  case $argument in
  --dry-run) dry_run=yes ;;
  --yes) yes=yes ;;
  --prune) prune=yes ;;
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

name='north'
project='retail-north'
location='europe-west1'
cluster='north'
limit=100
# Authorized networks that this mesh needs, and those that mesh.yaml says are there for others. Whatever else is
# there stays, but for --prune.
needed=(
  '10.12.0.0/14'
  '203.0.113.8/32'
  '203.0.113.16/28'
)
kept=(
  '192.0.2.0/24'
)

look_at_access
arguments=()
networks=$(joined "${needed[@]}" "${kept[@]}")
if [[ $prune == no && -n $has_networks ]]; then
  networks=$(in_order "$networks,$has_networks")
fi
count=$(tr ',' '\n' <<<"$networks" | wc -l)
if [[ $has_enabled != True ]]; then
  echo "unchanged authorized networks of $name: they are off"
elif [[ $networks == "$has_networks" ]]; then
  echo "unchanged authorized networks of $name"
elif ((count > limit)); then
  fail "$name would have $((count)) authorized networks, of at most $limit"
else
  echo "update authorized networks of $name (cluster $cluster of project $project)"
  compare network "$has_networks" "$networks"
  authorize "$networks"
fi
if [[ $has_global == yes ]]; then
  echo "unchanged global access of $name"
else
  echo "enable global access of $name (cluster $cluster of project $project)"
  arguments+=(--enable-master-global-access)
fi
if ((${#arguments[@]} > 0)); then
  update
fi
finish
