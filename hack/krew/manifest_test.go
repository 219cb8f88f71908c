package main

import (
	"os"
	"path"
	"strings"
	"testing"
)

const testVersion = "v1.2.3"

// released returns the shipped manifest as a release would fill it.
func released(t *testing.T) manifest {
	t.Helper()
	filled, err := fill(shipped(t), testVersion, fakeSums(t))
	if err != nil {
		t.Fatal(err)
	}
	m, err := decode(filled)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func shipped(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../krew-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fakeSums gives each archive that the shipped manifest names a checksum of its own.
func fakeSums(t *testing.T) map[string]string {
	t.Helper()
	m, err := decode(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for i, pl := range m.Spec.Platforms {
		archive := strings.ReplaceAll(path.Base(pl.URI), tagToken, testVersion)
		sums[archive] = strings.Repeat(string("0123456789abcdef"[i]), 64)
	}
	return sums
}

func TestShippedManifestIsWhatKrewAccepts(t *testing.T) {
	if err := check("mesh", released(t)); err != nil {
		t.Error(err)
	}
}

// Each case breaks one thing in the shipped manifest and expects exactly that to be reported.
func TestRules(t *testing.T) {
	const releases = "https://github.com/kubectl-mesh/kubectl-mesh/releases/download/v1.2.3/"
	first := func(change func(*platform)) func(*manifest) {
		return func(m *manifest) { change(&m.Spec.Platforms[0]) }
	}
	selects := func(labels map[string]string) func(*manifest) {
		return first(func(p *platform) { p.Selector.MatchLabels = labels })
	}
	tests := []struct {
		name   string
		change func(*manifest)
		want   string // all that is reported, line by line
	}{
		{
			"old apiVersion", func(m *manifest) { m.APIVersion = "krew.googlecontainertools.github.com/v1alpha1" },
			`apiVersion: "krew.googlecontainertools.github.com/v1alpha1" is not "krew.googlecontainertools.github.com/v1alpha2"`,
		},
		{"other kind", func(m *manifest) { m.Kind = "Receipt" }, `kind: "Receipt" is not "Plugin"`},
		{
			"other name", func(m *manifest) { m.Metadata.Name = "mess" },
			`metadata.name: "mess" is not "mesh", the name of the file`,
		},
		{
			"unsafe name", func(m *manifest) { m.Metadata.Name = "me/sh" },
			`metadata.name: "me/sh" is not "mesh", the name of the file
metadata.name: "me/sh" holds more than letters, digits, - and _`,
		},
		{
			"name reserved by Windows", func(m *manifest) { m.Metadata.Name = "Com1" },
			`metadata.name: "Com1" is not "mesh", the name of the file
metadata.name: "Com1" is a device on Windows`,
		},
		{
			"version without v", func(m *manifest) { m.Spec.Version = "1.2.3" },
			`spec.version: "1.2.3" is not a semantic version that starts with v`,
		},
		{"no homepage", func(m *manifest) { m.Spec.Homepage = "" }, `spec.homepage: "" is not an https address`},
		{
			"homepage without TLS", func(m *manifest) { m.Spec.Homepage = "http://example.com" },
			`spec.homepage: "http://example.com" is not an https address`,
		},
		{"no short description", func(m *manifest) { m.Spec.ShortDescription = "" }, `spec.shortDescription: is missing`},
		{
			"long short description", func(m *manifest) { m.Spec.ShortDescription = strings.Repeat("x", 51) },
			`spec.shortDescription: has 51 characters, more than 50`,
		},
		{
			"broken short description", func(m *manifest) { m.Spec.ShortDescription = "Join\nclusters" },
			`spec.shortDescription: has a line break`,
		},
		{
			"short description as a sentence", func(m *manifest) { m.Spec.ShortDescription += "." },
			`spec.shortDescription: ends with a dot`,
		},
		{"no description", func(m *manifest) { m.Spec.Description = "" }, `spec.description: is missing`},
		{
			"wide description", func(m *manifest) { m.Spec.Description = "a\n" + strings.Repeat("x", 81) },
			`spec.description: line 2 has 81 characters, more than 80`,
		},
		{
			"wide caveats", func(m *manifest) { m.Spec.Caveats = strings.Repeat("x", 81) },
			`spec.caveats: line 1 has 81 characters, more than 80`,
		},
		{
			"platform missing", func(m *manifest) { m.Spec.Platforms = m.Spec.Platforms[1:] },
			`spec.platforms: linux/amd64 is covered 0 times, not once`,
		},
		{
			"platform twice", func(m *manifest) { m.Spec.Platforms = append(m.Spec.Platforms, m.Spec.Platforms[0]) },
			`spec.platforms: linux/amd64 is covered 2 times, not once`,
		},
		{
			"platform that we do not release for", selects(map[string]string{"os": "linux", "arch": "s390x"}),
			`spec.platforms[0].selector: map[arch:s390x os:linux] matches 0 of the platforms we release for, not one
spec.platforms: linux/amd64 is covered 0 times, not once`,
		},
		{
			"selector of two platforms", selects(map[string]string{"os": "linux"}),
			`spec.platforms[0].selector: map[os:linux] matches 2 of the platforms we release for, not one
spec.platforms: linux/arm64 is covered 2 times, not once`,
		},
		{
			"unknown selector key", selects(map[string]string{"os": "linux", "arch": "amd64", "libc": "musl"}),
			`spec.platforms[0].selector: map[arch:amd64 libc:musl os:linux] matches 0 of the platforms we release for, not one
spec.platforms: linux/amd64 is covered 0 times, not once`,
		},
		{
			"no selector", selects(nil),
			`spec.platforms[0].selector: map[] matches 0 of the platforms we release for, not one
spec.platforms: linux/amd64 is covered 0 times, not once`,
		},
		{
			"archive without TLS", first(func(p *platform) { p.URI = "http://example.com/v1.2.3/mesh.zip" }),
			`spec.platforms[0].uri: "http://example.com/v1.2.3/mesh.zip" is not an https address`,
		},
		{
			"archive that krew cannot open", first(func(p *platform) { p.URI = releases + "mesh.tar.xz" }),
			`spec.platforms[0].uri: "` + releases + `mesh.tar.xz" is neither a .tar.gz nor a .zip`,
		},
		{
			"archive of no version", first(func(p *platform) { p.URI = "https://example.com/latest/mesh.zip" }),
			`spec.platforms[0].uri: "https://example.com/latest/mesh.zip" does not name the version v1.2.3`,
		},
		{
			"checksum cut short", first(func(p *platform) { p.SHA256 = "00" }),
			`spec.platforms[0].sha256: "00" is not 64 hexadecimal digits in lower case`,
		},
		{
			"checksum in upper case", first(func(p *platform) { p.SHA256 = strings.Repeat("A", 64) }),
			`spec.platforms[0].sha256: "` + strings.Repeat("A", 64) + `" is not 64 hexadecimal digits in lower case`,
		},
		{
			"no binary", first(func(p *platform) { p.Bin = "" }),
			`spec.platforms[0].bin: "" is not among the installed files ["kubectl-mesh" "LICENSE"]`,
		},
		{
			"binary that is not installed", first(func(p *platform) { p.Bin = "mesh" }),
			`spec.platforms[0].bin: "mesh" is not among the installed files ["kubectl-mesh" "LICENSE"]`,
		},
		{
			"absolute file", first(func(p *platform) { p.Files[0].From = "/kubectl-mesh" }),
			`spec.platforms[0].files[0].from: "/kubectl-mesh" leads out of the folder`,
		},
		{
			"file from outside", first(func(p *platform) { p.Files[0].From = "../kubectl-mesh" }),
			`spec.platforms[0].files[0].from: "../kubectl-mesh" leads out of the folder`,
		},
		{
			"file to outside", first(func(p *platform) { p.Files[1].To = "a/../../LICENSE" }),
			`spec.platforms[0].files[1].to: "a/../../LICENSE" leads out of the folder`,
		},
		{
			"path that is not clean", first(func(p *platform) { p.Files[1].To = "./LICENSE" }),
			`spec.platforms[0].files[1].to: "./LICENSE" is not a clean path`,
		},
		{
			"path as Windows writes it", first(func(p *platform) { p.Files[1].From = `a\LICENSE`; p.Files[1].To = "LICENSE" }),
			`spec.platforms[0].files[1].from: "a\\LICENSE" is not a clean path`,
		},
		{
			"file from nowhere", first(func(p *platform) { p.Files[1] = fileOperation{From: "", To: "LICENSE"} }),
			`spec.platforms[0].files[1].from: is missing`,
		},
		{
			"file to nowhere", first(func(p *platform) { p.Files = append(p.Files, fileOperation{From: "README.md"}) }),
			`spec.platforms[0].files[2].to: is missing`,
		},
		{
			"no license", first(func(p *platform) { p.Files = p.Files[:1] }),
			`spec.platforms[0].files: install no LICENSE`,
		},
		{
			"license under another name", first(func(p *platform) { p.Files[1].To = "TERMS" }),
			`spec.platforms[0].files: install no LICENSE`,
		},
		{
			"two problems at once", func(m *manifest) { m.Kind = ""; m.Spec.Description = "" },
			`kind: "" is not "Plugin"
spec.description: is missing`,
		},
	}
	if err := check("mesh", released(t)); err != nil {
		t.Fatalf("the shipped manifest must be right before it is broken: %v", err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := released(t)
			tt.change(&m)
			if got := text(check("mesh", m)); got != tt.want {
				t.Errorf("reported:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	for version, ok := range map[string]bool{
		"v0.1.0": true, "v1.2.3-rc.1": true, "v1.2.3-4-gabc1234": true, "v0.0.0-dev": true, "v1.2.3+k8s.1": true,
		"": false, "1.2.3": false, "v1.2": false, "v1.02.3": false, "v1.2.3-": false, "v1.2.3-01": false, "vlatest": false, "v1.2.3 ": false,
	} {
		if semver.MatchString(version) != ok {
			t.Errorf("%q: accepted %t, want %t", version, !ok, ok)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
