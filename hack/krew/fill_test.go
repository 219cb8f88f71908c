package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFillLeavesNoTokenAndKeepsTheRest(t *testing.T) {
	before := string(shipped(t))
	filled, err := fill([]byte(before), testVersion, fakeSums(t))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(filled), "MESH_") {
		t.Errorf("a token is left:\n%s", filled)
	}
	_, body, _ := strings.Cut(before, "\napiVersion") // without the comment at the top
	if got, want := strings.Count(string(filled), "\n"), strings.Count(body, "\n"); got != want {
		t.Errorf("the filled manifest has %d lines, want %d", got, want)
	}
}

func TestFillRefuses(t *testing.T) {
	sums := func(change func(map[string]string)) map[string]string {
		all := fakeSums(t)
		change(all)
		return all
	}
	const first, token = "kubectl-mesh_v1.2.3_linux_amd64.tar.gz", "MESH_LINUX_AMD64_CHECKSUM"
	manifest := string(shipped(t))
	tests := []struct {
		name, manifest string
		sums           map[string]string
		want           string
	}{
		{
			"missing archive", manifest, sums(func(s map[string]string) { delete(s, first) }),
			"fill spec.platforms[0]: no checksum of " + first,
		},
		{
			"archive that nobody installs", manifest, sums(func(s map[string]string) { s["more.zip"] = s[first] }),
			"no platform of the manifest names more.zip",
		},
		{
			"checksum of an older release", strings.Replace(manifest, token, strings.Repeat("0", 64), 1), fakeSums(t),
			`fill spec.platforms[0].sha256: "` + strings.Repeat("0", 64) + `" is not a token of its own`,
		},
		{
			"token of another platform", strings.Replace(manifest, token, "MESH_DARWIN_ARM64_CHECKSUM", 1), fakeSums(t),
			`fill spec.platforms[0].sha256: "MESH_DARWIN_ARM64_CHECKSUM" is not a token of its own`,
		},
		{
			"misspelt field", strings.Replace(manifest, "homepage:", "homepge:", 1), fakeSums(t),
			`read manifest: error unmarshaling JSON: while decoding JSON: json: unknown field "homepge"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := fill([]byte(tt.manifest), testVersion, tt.sums)
			if got := text(err); got != tt.want {
				t.Errorf("error %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseChecksums(t *testing.T) {
	sum := strings.Repeat("a", 64)
	got, err := parseChecksums([]byte(sum + "  a.zip\n" + sum + "  b.tar.gz\n"))
	if err != nil || len(got) != 2 || got["b.tar.gz"] != sum {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{sum + " a.zip", "aa  a.zip", sum + "  ", "\n"} {
		if _, err := parseChecksums([]byte(bad)); text(err) != "read checksums: line 1 is not a checksum and a name" {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func TestRunWritesOnlyWhatKrewAccepts(t *testing.T) {
	dir := t.TempDir()
	checksums := filepath.Join(dir, "checksums.txt")
	var list strings.Builder
	for name, sum := range fakeSums(t) {
		list.WriteString(sum + "  " + name + "\n")
	}
	if err := os.WriteFile(checksums, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := func(output string) []string {
		return []string{
			"-manifest", "../../krew-manifest.yaml", "-checksums", checksums,
			"-version", testVersion, "-output", output,
		}
	}

	good := filepath.Join(dir, "krew", "mesh.yaml")
	if err := run(args(good)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(good); err != nil {
		t.Error(err)
	}

	bad := filepath.Join(dir, "krew", "other.yaml")
	if got, want := text(run(args(bad))), `metadata.name: "mesh" is not "other", the name of the file`; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
	if _, err := os.Stat(bad); !os.IsNotExist(err) {
		t.Errorf("a refused manifest was written: %v", err)
	}
}
