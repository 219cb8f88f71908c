#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# What mesh shop needs of VPC network default in project acme. Clusters there: east.
# GKE itself lets in a cluster's own pods. Those of other clusters need a rule, in one subnet as in several.
# INCOMPLETE: no rule can name the pods of edge, whose podCIDRs are not known: they call east.
# INCOMPLETE: no rule can name the pods of west, whose podCIDRs are not known: they call east.
#
# Without --yes it changes nothing, and prints what it would change. A second run finds nothing to do.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 LC_ALL=C

usage() {
  cat <<'USAGE'
usage: bash deploy/gcloud/acme/firewall-default.sh [--dry-run | --yes] [--prune]
  --dry-run  print what would be changed, and change nothing (the default)
  --yes      change it
  --prune    remove rules of this mesh in this network that mesh.yaml has no more
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

# leftovers are the rules of this mesh in this network that mesh.yaml has no more.
leftovers() {
  local lines=$there
  while IFS='|' read -r has_name has_network _ has_mark _; do
    if [[ -z $has_name || $has_network != "$network" || $has_mark != "$mark" || $known == *" $has_name "* ]]; then
      continue
    fi
    if [[ $prune == no ]]; then
      echo "left over: rule $has_name of project $project, which mesh.yaml has no more: --prune removes it"
      continue
    fi
    echo "remove rule $has_name of project $project"
    change gcloud compute firewall-rules delete "$has_name" --project="$project" --quiet --format=none </dev/null
  done <<<"$lines"
}

network='default'
mark='kubectl-mesh shop firewall'
known=''
look 'acme'

if [[ $prune == yes ]]; then
  echo 'nothing is removed: a rule that is missing in this script may be one that is there' >&2
  prune=no
fi
leftovers
finish
printf '%s\n' 'INCOMPLETE: no rule can name the pods of edge, whose podCIDRs are not known: they call east' >&2
printf '%s\n' 'INCOMPLETE: no rule can name the pods of west, whose podCIDRs are not known: they call east' >&2
exit 3
