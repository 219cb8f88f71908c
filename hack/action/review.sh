#!/bin/bash
# The only step of action.yml: reviews, writes the step summary, and creates or updates one comment. All values are passed
# in the environment, and never become part of a command.
set -euo pipefail

marker='<!-- kubectl-mesh review -->'
work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/kubectl-mesh.XXXXXX")
report=$work/review.md
complaints=$work/stderr

# program prints the path of kubectl-mesh: MESH_PROGRAM, or built from the action's own revision.
program() {
	if [ -n "${MESH_PROGRAM:-}" ]; then
		printf '%s\n' "$MESH_PROGRAM"
		return
	fi
	(cd "$MESH_ACTION" && CGO_ENABLED=0 go build -trimpath -o "$work/kubectl-mesh" ./cmd/kubectl-mesh) >&2
	printf '%s\n' "$work/kubectl-mesh"
}

# review writes the report and returns the exit code of the program.
review() {
	local options=(-f "${MESH_FILE:-mesh.yaml}" -o markdown --max-bytes "${MESH_MAX_BYTES:-60000}")
	if [ -n "${MESH_FAIL_ON:-}" ]; then
		options+=(--fail-on "$MESH_FAIL_ON")
	fi
	"$1" review "${options[@]}" -- "$MESH_BASE...${MESH_HEAD:-HEAD}" >"$report" 2>"$complaints"
}

# quote prints the program's stderr so that the runner does not interpret its lines as commands.
quote() {
	local stop
	stop=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	printf '::stop-commands::%s\n' "$stop"
	cat "$complaints"
	printf '::%s::\n' "$stop"
}

# failed prints the report of a failed review, so that it is not mistaken for a review without changes.
failed() {
	printf '# Mesh review: not compared\n\nThis change was not reviewed. kubectl mesh review exited with %s:\n\n' "$1"
	sed 's/^/    /' "$complaints"
}

# comment creates or updates the comment. It never changes comments of people.
comment() {
	local comments=repos/$GITHUB_REPOSITORY/issues/$MESH_PULL_REQUEST/comments id
	{ printf '%s\n' "$marker"; cat "$report"; } >"$work/comment.md"
	id=$(gh api --paginate "$comments" --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id" | head -n 1)
	if [ -n "$id" ]; then
		gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$work/comment.md"
	else
		gh api --silent --method POST "$comments" --field "body=@$work/comment.md"
	fi
}

code=0
review "$(program)" || code=$?
quote
if [ "$code" -gt 1 ]; then
	failed "$code" >"$report"
fi
cat "$report" >>"$GITHUB_STEP_SUMMARY"
printf 'exit-code=%s\nreport=%s\n' "$code" "$report" >>"$GITHUB_OUTPUT"
if [ -n "${GH_TOKEN:-}" ] && [ -n "${MESH_PULL_REQUEST:-}" ] && ! comment; then
	echo '::warning::the review could not be written as a comment: the token requires permission pull-requests: write. The review is in the step summary.'
fi
exit "$code"
