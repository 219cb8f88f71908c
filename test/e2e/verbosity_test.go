package e2e

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestVerbosity: nothing makes the program print what goes between it and an API server. It has no flag for that,
// and Go's own way to see requests and answers, with their headers and bodies, shows nothing either.
func TestVerbosity(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "init", "--force", "--name", "shop")
	w.waiveLoopback(t)
	var said strings.Builder
	for _, args := range [][]string{{"collect", "--token=skip"}, {"render", "--apply"}, {"collect"}, {"diff"}, {"check"},
		{"credentials", "status", "--live"}, {"render", "--output-dir", "deploy"}, {"credentials", "rotate", "--link", "west-east", "--apply"}} {
		cmd := w.command(t, args...)
		cmd.Env = append(cmd.Env, "GODEBUG=http2debug=2")
		got := finish(t, cmd)
		if strings.Contains(got.stderr, "http2: ") {
			t.Errorf("%q shows what goes over the wire:\n%.2000s", args, got.stderr)
		}
		said.WriteString(got.stdout + got.stderr)
	}
	token := strings.TrimSpace(w.read(t, "credentials/east/west/token"))
	for name, secret := range map[string]string{"token": token, "its payload": strings.Split(token, ".")[1], "token in base64": base64.StdEncoding.EncodeToString([]byte(token))[:60]} {
		if strings.Contains(said.String(), secret) {
			t.Errorf("the %s is shown", name)
		}
	}
	for _, flag := range []string{"-v=9", "--v=9"} {
		for _, command := range []string{"render", "collect", "check", "diff"} {
			got := w.run(t, command, flag)
			if got.code != 2 || !strings.Contains(got.stderr, "unknown") {
				t.Errorf("%s %s exits with %d and says %q", command, flag, got.code, got.stderr)
			}
		}
	}
}
