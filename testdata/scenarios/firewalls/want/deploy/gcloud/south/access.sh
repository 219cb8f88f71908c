#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Lets control planes reach the API server of cluster south.
# north authorized networks of south are off.
# north is in region europe-west1 and south in europe-west4: its private endpoint needs global access.
# shop authorized networks of south are off.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 LC_ALL=C

usage() {
  cat <<'USAGE'
usage: bash deploy/gcloud/south/access.sh [--dry-run | --yes]
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

name='south'
project='retail-south'
location='europe-west4-b'
cluster='south'

look_at_access
arguments=()
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
