package main

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	pluginName = regexp.MustCompile(`^[\w-]+$`)
	// deviceName is what Windows takes for a device, in upper and lower case.
	deviceName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[1-9]|lpt[1-9])$`)
	// semver is a semantic version (https://semver.org) after the "v" that krew wants.
	semver = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
		`(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?` +
		`(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)
	sha256Hex   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	licenseFile = regexp.MustCompile(`(?i)^(licenses?(\.txt|\.md)?|copying(\.txt)?)$`)
)

// supported are the platforms that we release for: the manifest covers each of them once, and no other.
func supported() []string {
	return []string{
		"linux/amd64", "linux/arm64",
		"darwin/amd64", "darwin/arm64",
		"windows/amd64", "windows/arm64",
	}
}

// problems collects what is wrong, so that one run reports all of it.
type problems []error

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, fmt.Errorf("%s: %w", field, fmt.Errorf(format, args...)))
}

// check reports every reason why krew, or a reviewer of its index, would refuse m as the manifest of the plugin name.
// The rules are those of krew's validate-krew-manifest and of its developer guide (May 2026), and a few of our own.
func check(name string, m manifest) error {
	var p problems
	if want := "krew.googlecontainertools.github.com/v1alpha2"; m.APIVersion != want {
		p.add("apiVersion", "%q is not %q", m.APIVersion, want)
	}
	if m.Kind != "Plugin" {
		p.add("kind", "%q is not %q", m.Kind, "Plugin")
	}
	if m.Metadata.Name != name {
		p.add("metadata.name", "%q is not %q, the name of the file", m.Metadata.Name, name)
	}
	if !pluginName.MatchString(m.Metadata.Name) {
		p.add("metadata.name", "%q holds more than letters, digits, - and _", m.Metadata.Name)
	}
	if deviceName.MatchString(m.Metadata.Name) {
		p.add("metadata.name", "%q is a device on Windows", m.Metadata.Name)
	}
	p.checkText(m.Spec)
	p.checkPlatforms(m.Spec)
	return errors.Join(p...)
}

func (p *problems) checkText(s spec) {
	if !semver.MatchString(s.Version) {
		p.add("spec.version", "%q is not a semantic version that starts with v", s.Version)
	}
	if u, err := url.Parse(s.Homepage); err != nil || u.Scheme != "https" || u.Host == "" {
		p.add("spec.homepage", "%q is not an https address", s.Homepage)
	}
	const longest = 50 // what `kubectl krew search` shows of it
	switch short := s.ShortDescription; {
	case short == "":
		p.add("spec.shortDescription", "is missing")
	case len(short) > longest:
		p.add("spec.shortDescription", "has %d characters, more than %d", len(short), longest)
	case strings.ContainsAny(short, "\r\n"):
		p.add("spec.shortDescription", "has a line break")
	case strings.HasSuffix(short, "."):
		p.add("spec.shortDescription", "ends with a dot")
	}
	if s.Description == "" {
		p.add("spec.description", "is missing")
	}
	p.checkLines("spec.description", s.Description)
	p.checkLines("spec.caveats", s.Caveats)
}

// checkLines keeps a text within an ordinary terminal; krew wraps nothing.
func (p *problems) checkLines(field, text string) {
	const widest = 80
	for i, line := range strings.Split(text, "\n") {
		if len(line) > widest {
			p.add(field, "line %d has %d characters, more than %d", i+1, len(line), widest)
		}
	}
}

func (p *problems) checkPlatforms(s spec) {
	covered := map[string]int{}
	for i, pl := range s.Platforms {
		field := fmt.Sprintf("spec.platforms[%d]", i)
		matches := pl.Selector.matches()
		if len(matches) != 1 {
			p.add(field+".selector", "%v matches %d of the platforms we release for, not one", pl.Selector.MatchLabels, len(matches))
		}
		for _, name := range matches {
			covered[name]++
		}
		p.checkArchive(field, s.Version, pl)
		p.checkFiles(field, pl)
	}
	for _, name := range supported() {
		if covered[name] != 1 {
			p.add("spec.platforms", "%s is covered %d times, not once", name, covered[name])
		}
	}
}

// matches lists the supported platforms that krew would serve by this selector.
func (s selector) matches() []string {
	var found []string
	for _, name := range supported() {
		if s.matchesPlatform(name) {
			found = append(found, name)
		}
	}
	return found
}

func (s selector) matchesPlatform(name string) bool {
	goos, arch, _ := strings.Cut(name, "/")
	labels := map[string]string{"os": goos, "arch": arch}
	for key, value := range s.MatchLabels {
		if labels[key] != value {
			return false
		}
	}
	return len(s.MatchLabels) > 0
}

func (p *problems) checkArchive(field, version string, pl platform) {
	if u, err := url.Parse(pl.URI); err != nil || u.Scheme != "https" || u.Host == "" {
		p.add(field+".uri", "%q is not an https address", pl.URI)
	}
	if !strings.HasSuffix(pl.URI, ".tar.gz") && !strings.HasSuffix(pl.URI, ".zip") {
		p.add(field+".uri", "%q is neither a .tar.gz nor a .zip", pl.URI)
	}
	if !strings.Contains(pl.URI, version) {
		p.add(field+".uri", "%q does not name the version %s", pl.URI, version)
	}
	if !sha256Hex.MatchString(pl.SHA256) {
		p.add(field+".sha256", "%q is not 64 hexadecimal digits in lower case", pl.SHA256)
	}
}

func (p *problems) checkFiles(field string, pl platform) {
	var installed []string
	for i, op := range pl.Files {
		field := fmt.Sprintf("%s.files[%d]", field, i)
		p.checkPath(field+".from", op.From)
		p.checkPath(field+".to", op.To)
		installed = append(installed, op.target())
	}
	if pl.Bin == "" || !slices.Contains(installed, pl.Bin) {
		p.add(field+".bin", "%q is not among the installed files %q", pl.Bin, installed)
	}
	if !slices.ContainsFunc(installed, func(f string) bool { return licenseFile.MatchString(path.Base(f)) }) {
		p.add(field+".files", "install no LICENSE")
	}
}

// checkPath wants a path that stays inside the directory that it is relative to, written in the one way krew accepts.
func (p *problems) checkPath(field, name string) {
	switch clean := path.Clean(name); {
	case name == "":
		p.add(field, "is missing")
	case path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../"):
		p.add(field, "%q leads out of the folder", name)
	case name != clean || strings.Contains(name, `\`):
		p.add(field, "%q is not a clean path", name)
	}
}

// target is where krew puts the file: To "." keeps the name it had in the archive.
func (op fileOperation) target() string {
	if op.To == "." {
		return path.Base(op.From)
	}
	return op.To
}
