package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A token must not be on a screen, in its scrollback or in its recording by accident.
func TestTerminal(t *testing.T) {
	const secret, mask = "signed-for-east", "token of ServiceAccount mesh-reader-east"
	for _, test := range []struct {
		name     string
		terminal bool
		args     []string
		shown    bool
		masked   bool
	}{
		{"terminal", true, nil, false, true},
		{"terminal, json", true, []string{"-o", "json"}, false, true},
		{"terminal, asked for by name", true, []string{"--secrets=include"}, true, false},
		{"terminal, skipped", true, []string{"--secrets=skip"}, false, false},
		{"pipe", false, nil, true, false},
		{"pipe, json", false, []string{"-o", "json"}, true, false},
		{"pipe, masked", false, []string{"--secrets=mask"}, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			enter(t, twoClusters())
			got := run(test.terminal, append([]string{"render", "--cluster=east"}, test.args...)...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("exit code %d, stderr %q", got.code, got.stderr)
			}
			if strings.Contains(got.stdout, secret) != test.shown || strings.Contains(got.stdout, mask) != test.masked {
				t.Errorf("secret shown: want %t, masked: want %t, got\n%s", test.shown, test.masked, got.stdout)
			}
		})
	}
}

// A directory is no terminal, whoever starts the run.
func TestTerminalFolder(t *testing.T) {
	enter(t, twoClusters())
	if got := run(true, "render", "--output-dir=deploy", "--secrets=include"); got.code != 0 || got.stdout != "" {
		t.Fatalf("exit code %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
	}
	text, err := os.ReadFile(filepath.Join("credentials", "overlays", "east", "remote-secret-west.yaml"))
	if err != nil || !strings.Contains(string(text), "signed-for-east") {
		t.Errorf("got %v and\n%s", err, text)
	}
}
