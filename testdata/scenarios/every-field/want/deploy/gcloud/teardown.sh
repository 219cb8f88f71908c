#!/usr/bin/env bash
# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# Takes back what the other scripts of mesh shop did, in reverse order, and says what it leaves. Take the clusters out of the mesh first.
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

echo 'left as it is: global access of east, for others may use it by now. To switch it off: gcloud container clusters update east --project=acme --location=us-east1 --no-enable-master-global-access'
finish
