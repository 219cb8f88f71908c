package cli

import (
	"testing"
	"time"
)

func TestCredentialsFlags(t *testing.T) {
	live := newLiveFlags(System{})
	testFlags(t, newCredentialsStatus, []flagTest[credentialsStatusOptions]{
		{"defaults", nil, credentialsStatusOptions{liveFlags: live, filename: "mesh.yaml", within: "14d"}},
		{"all", []string{"-f", "x.yaml", "--live", "--within=12h", "-o=yaml"},
			credentialsStatusOptions{liveFlags: live, filename: "x.yaml", live: true, within: "12h", output: "yaml"}},
	})
	testFlags(t, newCredentialsRequest, []flagTest[credentialsRequestOptions]{
		{"all", []string{"--from=west", "--to=east", "--out=x.csr"},
			credentialsRequestOptions{filename: "mesh.yaml", from: "west", to: "east", out: "x.csr"}},
	})
	testFlags(t, newCredentialsApprove, []flagTest[credentialsApproveOptions]{
		{"all", []string{"--from=west", "--cluster=east", "--context=c", "--fingerprint=ab", "--lifetime=1h", "x.csr"},
			credentialsApproveOptions{liveFlags: withContext(live, "c"), filename: "mesh.yaml", from: "west", cluster: "east",
				file: "x.csr", fingerprint: "ab", life: time.Hour}},
	})
	testFlags(t, newCredentialsRevoke, []flagTest[credentialsRevokeOptions]{
		{"steps", []string{"--link=west-east,west-north", "-o=json"},
			credentialsRevokeOptions{liveFlags: live, filename: "mesh.yaml", links: []string{"west-east", "west-north"}, output: "json"}},
		{"apply", []string{"--link=west-east", "--apply", "--yes"},
			credentialsRevokeOptions{liveFlags: live, filename: "mesh.yaml", links: []string{"west-east"}, apply: true, isOK: true}},
	})
	rotation := func(change func(*credentialsRotateOptions)) credentialsRotateOptions {
		o := credentialsRotateOptions{liveFlags: live, filename: "mesh.yaml", link: "west-east", step: "next", life: presetDuration}
		change(&o)
		return o
	}
	testFlags(t, newCredentialsRotate, []flagTest[credentialsRotateOptions]{
		{"the next step", []string{"--link=west-east"}, rotation(func(*credentialsRotateOptions) {})},
		{"all steps", []string{"--link=west-east", "--apply", "--yes", "--force-conflicts", "--accept-restart", "--allow-unreviewed", "--lifetime=24h"},
			rotation(func(o *credentialsRotateOptions) {
				o.allowUnreviewed = true
				o.apply, o.isOK, o.forceConflicts, o.restart, o.life = true, true, true, true, 24*time.Hour
			})},
		{"one step", []string{"--link=west-east", "--step=drop", "--offline"},
			rotation(func(o *credentialsRotateOptions) { o.step, o.offline = "drop", true })},
	})
}

func withContext(flags liveFlags, context string) liveFlags {
	flags.context = context
	return flags
}

func TestCredentialsRefuse(t *testing.T) {
	const noLink = "no link is specified\nhint: specify --link FROM-TO; kubectl mesh credentials status lists the links"
	testRefused(t, newCredentialsStatus, map[string][]string{
		"invalid value \"soon\" for --within\nhint: use a duration such as 14d or 12h": {"--within=soon"},
	})
	testRefused(t, newCredentialsRequest, map[string][]string{
		"consumer and target are required\nhint: specify --from READER --to CLUSTER": {"--from=west"},
	})
	testRefused(t, newCredentialsRevoke, map[string][]string{
		noLink: nil,
		"--yes requires --apply\nhint: add --apply": {"--link=west-east", "--yes"},
	})
	testRefused(t, newCredentialsRotate, map[string][]string{
		noLink: nil,
		"invalid value \"end\" for --step\nhint: use one of next, begin, verify, drop":                       {"--link=west-east", "--step=end"},
		"--abort cannot be used with --apply or --step\nhint: omit it":                                       {"--link=west-east", "--abort", "--apply"},
		"--lifetime 1m0s is not between ten minutes and ten years\nhint: use a duration such as 2160h":       {"--link=west-east", "--apply", "--lifetime=1m"},
		"--apply and --step are mutually exclusive\nhint: specify only one of them":                          {"--link=west-east", "--apply", "--step=drop"},
		"--force-conflicts requires --apply\nhint: add --apply":                                              {"--link=west-east", "--force-conflicts"},
		"--allow-unreviewed requires --apply\nhint: add --apply":                                             {"--link=west-east", "--allow-unreviewed"},
		"--abort and --step=verify contact clusters and cannot be used with --offline\nhint: omit --offline": {"--link=west-east", "--offline", "--step=verify"},
	})
}
