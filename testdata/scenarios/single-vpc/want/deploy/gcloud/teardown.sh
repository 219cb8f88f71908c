#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Takes back what the other scripts of mesh sandbox did, in reverse order, and says what it leaves. Take the clusters out of the mesh first.
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

# VPC network default of project sandbox-111111.
network='default'
mark='kubectl-mesh sandbox firewall'
look 'sandbox-111111'
remove 'mesh-sandbox-default-pods'

echo 'left as it is: cluster-1 in the fleet of project sandbox-111111, for others may use it by now. To have it leave: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --clear-fleet-project; and for the label: gcloud container clusters update cluster-1 --project=sandbox-111111 --location=asia-south1-a --remove-labels=mesh_id'
echo 'left as it is: cluster-2 in the fleet of project sandbox-111111, for others may use it by now. To have it leave: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --clear-fleet-project; and for the label: gcloud container clusters update cluster-2 --project=sandbox-111111 --location=asia-southeast1-a --remove-labels=mesh_id'
echo 'left as it is: feature servicemesh of the fleet of project sandbox-111111. To switch it off for all of its clusters: gcloud container fleet mesh disable --project=sandbox-111111'
finish
