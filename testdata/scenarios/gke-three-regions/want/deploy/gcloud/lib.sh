# Rendered by kubectl mesh. Change mesh.yaml, not this file.
#
# shellcheck shell=bash disable=SC2154
#
# Functions of the scripts in this directory. Each section lists the variables of mesh.sh that it uses.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 LC_ALL=C

# begin KIND PRUNES ARGUMENT… parses the arguments of a script. KIND describes its argument, which must be one of $choices
# and becomes $target; it is empty if the script has none. PRUNES is the help text of --prune; it is empty if the script has
# no such flag.
begin() {
  kind=$1
  prunes=$2
  shift 2
  target=''
  dry_run=no
  yes=no
  prune=no
  changes=0
  local argument
  for argument in "$@"; do
    case $argument in
    --dry-run) dry_run=yes ;;
    --yes) yes=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      if [[ $argument == --prune && -n $prunes ]]; then
        prune=yes
      elif [[ -n $kind && -z $target ]] && is_choice "$argument"; then
        target=$argument
      else
        misused "unknown argument: $argument"
      fi
      ;;
    esac
  done
  if [[ -n $kind && -z $target ]]; then
    misused "specify $kind"
  fi
  if [[ $dry_run == yes && $yes == yes ]]; then
    misused '--dry-run and --yes are mutually exclusive'
  fi
}

# is_choice NAME fails if a name is not one of $choices.
is_choice() {
  local choice
  for choice in "${choices[@]}"; do
    if [[ $choice == "$1" ]]; then
      return 0
    fi
  done
  return 1
}

misused() {
  printf 'error: %s\n' "$1" >&2
  usage >&2
  exit 2
}

usage() {
  printf 'usage: bash %s%s [--dry-run | --yes]%s\n' "$0" "${kind:+ $kind}" "${prunes:+ [--prune]}"
  if [[ -n $kind ]]; then
    printf '  %-10s one of:\n' "$kind"
    printf '               %s\n' "${choices[@]}"
  fi
  printf '  --dry-run  print the changes without making them (default)\n'
  printf '  --yes      make the changes\n'
  if [[ -n $prunes ]]; then
    printf '  --prune    %s\n' "$prunes"
  fi
}

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

# change WORD… counts a change and, with --yes, runs its command.
change() {
  changes=$((changes + 1))
  if [[ $yes == yes ]]; then
    "$@"
  fi
}

# joined WORD… prints a list in gcloud's format, sorted and without duplicates. An empty list would allow everyone.
joined() {
  if (($# == 0)); then
    fail 'a list is empty'
  fi
  printf '%s\n' "$@" | sort -u | paste -sd, -
}

# in_order LIST prints a list in gcloud's format, sorted and without duplicates.
in_order() {
  tr ',' '\n' <<<"$1" | sort -u | paste -sd, -
}

# compare NAME BEFORE AFTER prints the entries that are removed from a list, and those that are added.
compare() {
  comm -23 <(tr ',' '\n' <<<"$2" | sed '/^$/d') <(tr ',' '\n' <<<"$3" | sed '/^$/d') | sed "s|^|  - $1: |"
  comm -13 <(tr ',' '\n' <<<"$2" | sed '/^$/d') <(tr ',' '\n' <<<"$3" | sed '/^$/d') | sed "s|^|  + $1: |"
}

# finish prints a summary.
finish() {
  if ((changes == 0)); then
    echo 'No changes.'
  elif [[ $yes == yes && $changes == 1 ]]; then
    echo '1 change made.'
  elif [[ $yes == yes ]]; then
    echo "$changes changes made."
  elif ((changes == 1)); then
    echo '1 change pending. Run again with --yes to apply it.'
  else
    echo "$changes changes pending. Run again with --yes to apply them."
  fi
}

# incomplete REASON… prints why rules are missing, and exits 3.
incomplete() {
  printf 'INCOMPLETE: %s\n' "$@" >&2
  exit 3
}

### Firewall rules of a VPC network: $mesh, $project, $network; and of each: $name, $description, $priority, $allow, $sources, $targets

asked=''
known=''

# read_rules reads the project's firewall rules, one on each line, unless it has done so already. Descriptions are free
# text: special characters in them are replaced by question marks.
read_rules() {
  if [[ $asked == "project $project" ]]; then
    return
  fi
  asked="project $project"
  there=$(gcloud compute firewall-rules list --project="$project" --format='value[separator="|"](
    name, network.basename(), direction, description.sub("[^a-z0-9 -]", "?"), priority, disabled,
    allowed[].map().firewall_rule().list(), sourceRanges.list(), targetTags.list(),
    denied[].map().firewall_rule().list(), sourceTags.list(), sourceServiceAccounts.list(),
    targetServiceAccounts.list(), destinationRanges.list())')
}

# find_rule NAME sets the has_ variables from the rule with exactly this name. It fails if there is none.
find_rule() {
  while IFS='|' read -r has_name has_network has_direction has_description has_priority has_disabled has_allow has_sources has_targets has_more; do
    if [[ $has_name == "$1" ]]; then
      return 0
    fi
  done <<<"$there"
  return 1
}

# ours fails if the existing rule of that name does not belong to this mesh.
ours() {
  if [[ $has_network != "$network" || $has_description != "$description" ]]; then
    fail "rule $name of project $project does not belong to this mesh and is not changed: network $has_network, description \"$has_description\""
  fi
}

# rule creates or updates a rule, by its exact name.
rule() {
  local allowed ranges tags
  read_rules
  allowed=$(joined "${allow[@]}")
  ranges=$(joined "${sources[@]}")
  tags=$(joined "${targets[@]}")
  known="$known $name "
  if ! find_rule "$name"; then
    echo "create rule $name in network $network of project $project"
    compare allow '' "$allowed"
    compare source '' "$ranges"
    compare target '' "$tags"
    change gcloud compute firewall-rules create "$name" --project="$project" --network="$network" --direction=INGRESS \
      --description="$description" --priority="$priority" --allow="$allowed" --source-ranges="$ranges" --target-tags="$tags" \
      --quiet --format=none
    return
  fi
  ours
  if [[ $has_direction != INGRESS || -n ${has_more//|/} ]]; then
    fail "rule $name of project $project was edited and cannot be updated. Review it, then delete it: gcloud compute firewall-rules delete $name --project=$project"
  fi
  has_disabled=${has_disabled/False/}
  has_allow=$(in_order "$has_allow")
  has_sources=$(in_order "$has_sources")
  has_targets=$(in_order "$has_targets")
  if [[ $has_priority == "$priority" && -z $has_disabled && $has_allow == "$allowed" && $has_sources == "$ranges" && $has_targets == "$tags" ]]; then
    echo "unchanged rule $name"
    return
  fi
  echo "update rule $name in network $network of project $project"
  compare priority "$has_priority" "$priority"
  compare disabled "$has_disabled" ''
  compare allow "$has_allow" "$allowed"
  compare source "$has_sources" "$ranges"
  compare target "$has_targets" "$tags"
  change gcloud compute firewall-rules update "$name" --project="$project" --no-disabled \
    --priority="$priority" --allow="$allowed" --source-ranges="$ranges" --target-tags="$tags" --quiet --format=none
}

# no_prune disables --prune, because this script is incomplete: an existing rule may be one that it lacks.
no_prune() {
  if [[ $prune == yes ]]; then
    echo '--prune removes nothing: facts are missing, so this script does not contain every rule' >&2
    prune=no
  fi
}

# stale_rules lists the rules of this mesh in this network that are no longer in mesh.yaml; --prune removes them.
stale_rules() {
  local lines
  read_rules
  lines=$there
  while IFS='|' read -r has_name has_network _ has_description _; do
    if [[ -z $has_name || $has_network != "$network" || $known == *" $has_name "* ]]; then
      continue
    fi
    case $has_description in
    "kubectl-mesh $mesh firewall" | "kubectl-mesh $mesh webhook "*) ;;
    *) continue ;;
    esac
    if [[ $prune == no ]]; then
      echo "stale: rule $has_name of project $project is no longer in mesh.yaml: --prune removes it"
      continue
    fi
    echo "remove rule $has_name of project $project"
    change gcloud compute firewall-rules delete "$has_name" --project="$project" --quiet --format=none </dev/null
  done <<<"$lines"
}

# remove deletes a rule, by its exact name.
remove() {
  read_rules
  if ! find_rule "$name"; then
    echo "unchanged: no rule $name in project $project"
    return
  fi
  ours
  echo "remove rule $name of project $project"
  change gcloud compute firewall-rules delete "$name" --project="$project" --quiet --format=none
}

### Access to the API server of a cluster: $name, $project, $location, $cluster, $limit, $required, $listed, $global

# GKE returns these settings in an older and a newer field; a cluster may have either.
readonly older=masterAuthorizedNetworksConfig newer=controlPlaneEndpointsConfig.ipEndpointsConfig

# read_access reads the settings that control access to the cluster's API server.
read_access() {
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
  if [[ $has_global == *True* ]]; then # in either field
    has_global=yes
  fi
  arguments=()
}

# save writes the current settings to a file in the current directory.
save() {
  local file
  file="$name-access.$(date -u +%Y%m%dT%H%M%SZ).json"
  (
    umask 077
    set -o noclobber
    gcloud container clusters describe "$cluster" --project="$project" --location="$location" \
      --format="json($older, $newer, privateClusterConfig)" >"$file"
  )
  echo "  saved the current settings to $file"
}

# authorize LIST replaces the authorized networks, because gcloud cannot add one. The settings that the update would
# reset are passed again.
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

# allow_networks adds the authorized networks that the mesh requires, and those that mesh.yaml lists. Others are kept,
# unless --prune is set.
allow_networks() {
  local networks count
  if ((${#required[@]} == 0)); then
    return
  fi
  networks=$(joined "${required[@]}" ${listed[@]+"${listed[@]}"})
  if [[ $prune == no && -n $has_networks ]]; then
    networks=$(in_order "$networks,$has_networks")
  fi
  count=$(tr ',' '\n' <<<"$networks" | wc -l)
  if [[ $has_enabled != True ]]; then
    echo "unchanged authorized networks of $name: they are disabled"
  elif [[ $networks == "$has_networks" ]]; then
    echo "unchanged authorized networks of $name"
  elif ((count > limit)); then
    fail "$name would have $((count)) authorized networks, of at most $limit"
  else
    echo "update authorized networks of $name (cluster $cluster of project $project)"
    compare network "$has_networks" "$networks"
    authorize "$networks"
  fi
}

# global_access makes a private endpoint reachable from other regions, if the mesh requires it.
global_access() {
  if [[ $global == no ]]; then
    return
  fi
  if [[ $has_global == yes ]]; then
    echo "unchanged global access of $name"
  else
    echo "enable global access of $name (cluster $cluster of project $project)"
    arguments+=(--enable-master-global-access)
  fi
}

# update_access makes all changes in one update, which takes minutes.
update_access() {
  if ((${#arguments[@]} == 0)); then
    return
  fi
  if [[ $yes == yes ]]; then
    save
  fi
  change gcloud container clusters update "$cluster" --project="$project" --location="$location" "${arguments[@]}" --quiet --format=none
}

# remove_networks removes the authorized networks that the mesh required, except those that mesh.yaml lists.
remove_networks() {
  local gone networks
  gone=$(comm -23 <(printf '%s\n' ${required[@]+"${required[@]}"} | sort -u) <(printf '%s\n' ${listed[@]+"${listed[@]}"} | sort -u))
  if [[ -z $gone ]]; then
    return
  fi
  read_access
  networks=$(comm -23 <(tr ',' '\n' <<<"$has_networks") <(printf '%s\n' "$gone") | paste -sd, -)
  if [[ $has_enabled != True || $networks == "$has_networks" ]]; then
    echo "unchanged authorized networks of $name"
    return
  fi
  if [[ -z $networks ]]; then
    echo "unchanged authorized networks of $name: without them, no address could reach it"
    return
  fi
  echo "update authorized networks of $name (cluster $cluster of project $project)"
  compare network "$has_networks" "$networks"
  authorize "$networks"
  update_access
}

### Membership of a cluster in a fleet: $fleet, $number, $api, $name, $project, $location, $cluster, $pool, $membership, $place, $managed

# read_cluster reads the cluster's fleet, with the full name of its membership, and its labels.
read_cluster() {
  local line
  if [[ -z $number ]]; then
    number=$(gcloud projects describe "$fleet" --format='value(projectNumber)')
  fi
  has_feature=no
  line=$(gcloud container clusters describe "$cluster" --project="$project" --location="$location" --format="value[separator='|'](
    workloadIdentityConfig.workloadPool, fleet.project, fleet.membership, resourceLabels.list())")
  IFS='|' read -r has_pool has_fleet has_membership has_labels <<<"$line"
}

# update_cluster FLAG changes one setting: gcloud does not accept these flags together.
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
      --gke-uri="${api}projects/$project/locations/$location/clusters/$cluster"
    return
  fi
  if [[ $has_fleet != "$fleet" && $has_fleet != "$number" ]]; then
    fail "$name is in the fleet of project $has_fleet, and a cluster can be in only one fleet. To remove it from that fleet: gcloud container clusters update $cluster --project=$project --location=$location --clear-fleet-project"
  fi
  echo "unchanged membership of $name in the fleet of project $fleet"
  if [[ $has_membership == */locations/*/memberships/* ]]; then
    membership=${has_membership##*/}
    place=${has_membership%/memberships/*}
    place=${place##*/}
  fi
}

# labels adds the label mesh_id. gcloud replaces all labels of a cluster, so the existing ones are passed again.
labels() {
  local before after pair
  before=$(in_order "$has_labels")
  set --
  while IFS= read -r pair; do
    if [[ -n $pair && $pair != mesh_id=* ]]; then
      set -- "$@" "$pair"
    fi
  done <<<"$(tr ',' '\n' <<<"$before")"
  after=$(joined "$@" "mesh_id=proj-$number")
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
    has_feature=yes
    return
  fi
  echo "enable feature servicemesh of the fleet of project $fleet"
  change gcloud container fleet mesh enable --project="$fleet" --quiet
}

# management enables Google's managed control plane, if the cluster has it.
management() {
  local specs=''
  if [[ $managed == no ]]; then
    return
  fi
  if [[ $has_feature == yes ]]; then
    specs=$(gcloud container fleet mesh describe --project="$fleet" --format='flattened(membershipSpecs)')
  fi
  if grep -Eq "/locations/$place/memberships/$membership\.mesh\.management: +MANAGEMENT_AUTOMATIC\$" <<<"$specs"; then
    echo "unchanged control plane of $name: managed by Google"
    return
  fi
  echo "enable Google's managed control plane for $name"
  change gcloud container fleet mesh update --project="$fleet" --management=automatic --memberships="$membership" --location="$place" --quiet
}
