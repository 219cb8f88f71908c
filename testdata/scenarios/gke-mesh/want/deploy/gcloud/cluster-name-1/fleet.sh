#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Registers cluster cluster-name-1 in the fleet of project fleet-project-id, and switches Cloud Service Mesh on for it.
# The fleet is in another project, whose agents need roles in that of the cluster. Whoever administers it grants them:
#   gcloud projects add-iam-policy-binding project-id-1 --role=roles/gkehub.serviceAgent \
#     --member=serviceAccount:service-123456789012@gcp-sa-gkehub.iam.gserviceaccount.com
#   gcloud projects add-iam-policy-binding project-id-1 --role=roles/anthosservicemesh.serviceAgent \
#     --member=serviceAccount:service-123456789012@gcp-sa-servicemesh.iam.gserviceaccount.com
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 LC_ALL=C

usage() {
  cat <<'USAGE'
usage: bash deploy/gcloud/cluster-name-1/fleet.sh [--dry-run | --yes]
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

fleet='fleet-project-id'
number='123456789012'
name='cluster-name-1'
project='project-id-1'
location='us-central1'
cluster='cluster-name-1'
pool='project-id-1.svc.id.goog'
membership='cluster-name-1'
place='us-central1'
label=mesh_id=proj-$number

# look_at_cluster reads what the cluster says of its fleet. Of a membership it tells the full name.
look_at_cluster() {
  local line
  line=$(gcloud container clusters describe "$cluster" --project="$project" --location="$location" --format="value[separator='|'](
    workloadIdentityConfig.workloadPool, fleet.project, fleet.membership, resourceLabels.list())")
  IFS='|' read -r has_pool has_fleet has_membership has_labels <<<"$line"
}

# update_cluster FLAG changes one thing: gcloud takes each of these alone.
update_cluster() {
  change gcloud container clusters update "$cluster" --project="$project" --location="$location" "$1" --quiet --format=none
}

identities() {
  if [[ -n $has_pool ]]; then
    echo "unchanged identity pool $has_pool of $name"
    return
  fi
  echo "enable identity pool $pool of $name (cluster $cluster of project $project)"
  update_cluster --workload-pool="$pool"
}

register() {
  if [[ -z $has_fleet ]]; then
    echo "register $name in the fleet of project $fleet, as $membership in $place"
    change gcloud container fleet memberships register "$membership" --project="$fleet" --quiet --enable-workload-identity \
      --gke-uri="https://container.googleapis.com/v1/projects/$project/locations/$location/clusters/$cluster"
    return
  fi
  if [[ $has_fleet != "$fleet" && $has_fleet != "$number" ]]; then
    fail "$name is in the fleet of project $has_fleet. It can be in one only; to have it leave: gcloud container clusters update $cluster --project=$project --location=$location --clear-fleet-project"
  fi
  echo "unchanged membership of $name in the fleet of project $fleet"
  if [[ $has_membership == */locations/*/memberships/* ]]; then
    membership=${has_membership##*/}
    place=${has_membership%/memberships/*}
    place=${place##*/}
  fi
}

# labels: gcloud replaces all labels of a cluster, so those that are there are said again.
labels() {
  local before after pair
  before=$(in_order "$has_labels")
  set --
  while IFS= read -r pair; do
    if [[ -n $pair && $pair != mesh_id=* ]]; then
      set -- "$@" "$pair"
    fi
  done <<<"$(tr ',' '\n' <<<"$before")"
  after=$(joined "$@" "$label")
  if [[ $before == "$after" ]]; then
    echo "unchanged labels of $name"
    return
  fi
  echo "update labels of $name (cluster $cluster of project $project)"
  compare label "$before" "$after"
  update_cluster --update-labels="$after"
}

feature() {
  local features
  features=$(gcloud container fleet features list --project="$fleet" --format='value(name.basename())')
  if grep -Fxq servicemesh <<<"$features"; then
    echo "unchanged feature servicemesh of the fleet of project $fleet"
    return
  fi
  echo "enable feature servicemesh of the fleet of project $fleet"
  change gcloud container fleet mesh enable --project="$fleet" --quiet
}

look_at_cluster
identities
register
labels
feature
finish
