package seal

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// settingsHeader starts a settings file that this program wrote.
const settingsHeader = "# Written by kubectl mesh seal. Change spec.sealing in mesh.yaml, not this file.\n"

// creationRule says how sops encrypts new files (https://getsops.io/docs, creation_rules).
type creationRule struct {
	PathRegex        string `json:"path_regex"`
	EncryptedRegex   string `json:"encrypted_regex"`
	MACOnlyEncrypted bool   `json:"mac_only_encrypted"`
	Age              string `json:"age"`
}

// settings are the files for other tools in the directory of mesh.yaml, and the messages about them.
type settings struct {
	say []func()
	err error
}

// settings collects those files.
func (r *run) settings(c *workspace.Change) settings {
	var rules []creationRule
	for cluster := range r.Workspace.Graph.Clusters() {
		if cluster.Sealing.Format == v1alpha1.SealingSOPS {
			rules = append(rules, creationRule{
				PathRegex:        "^" + regexp.QuoteMeta(layout.SealedDir(cluster.Name)) + `[^/]+\.yaml$`,
				EncryptedRegex:   sops.EncryptedRegex,
				MACOnlyEncrypted: true,
				Age:              strings.Join(cluster.Sealing.Age.Recipients, ","),
			})
		}
	}
	var s settings
	if s.err = r.gitleaks(c, &s); s.err == nil {
		s.err = r.creationRules(c, &s, rules)
	}
	return s
}

func (r *run) creationRules(c *workspace.Change, s *settings, rules []creationRule) error {
	if len(rules) == 0 {
		return r.removeSOPSSettings(c, s)
	}
	text, err := manifest.Encode(struct {
		CreationRules []creationRule `json:"creation_rules"`
	}{CreationRules: rules})
	if err != nil {
		return err
	}
	return r.setting(c, s, layout.SOPSSettings, append([]byte(settingsHeader), text...),
		"add the recipients of spec.sealing to the rules for "+layout.SealedDir("")+" in it, or move it to another directory")
}

// removeSOPSSettings: once nothing is sealed with sops, our old rules would make sops encrypt to former recipients.
func (r *run) removeSOPSSettings(c *workspace.Change, s *settings) error {
	there, err := r.Workspace.ReadOptional(layout.SOPSSettings)
	if err != nil {
		return verdict.Input(terminal.QuotePath(err))
	}
	if !bytes.HasPrefix(there, []byte(settingsHeader)) {
		return nil
	}
	c.Expect(layout.SOPSSettings, there)
	c.Remove(layout.SOPSSettings)
	s.say = append(s.say, func() { r.Log.Info("%s: removed", r.Workspace.Path(layout.SOPSSettings)) })
	return nil
}

// gitleaks is for scanners that do not know age keys and take public PEM for secret.
func (r *run) gitleaks(c *workspace.Change, s *settings) error {
	text, err := leaks.GitleaksConfig()
	if err != nil {
		return err
	}
	return r.setting(c, s, layout.GitleaksSettings, text,
		"without them gitleaks finds no post-quantum age keys: copy the rules that kubectl mesh init writes")
}

// setting writes a file unless a user has written it.
func (r *run) setting(c *workspace.Change, s *settings, name string, text []byte, foreign string) error {
	there, err := r.Workspace.ReadOptional(name)
	if err != nil {
		return verdict.Input(terminal.QuotePath(err))
	}
	header, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case bytes.Equal(there, text):
		return nil
	case there != nil && !bytes.HasPrefix(there, header):
		s.say = append(s.say, func() {
			r.Log.Warn("", "%s was not created by kubectl mesh, and is unchanged", r.Workspace.Path(name))
			r.Log.Advise(foreign)
		})
		return nil
	}
	c.Expect(name, there)
	c.Public(name, text)
	s.say = append(s.say, func() { r.Log.Info("%s: written", r.Workspace.Path(name)) })
	return nil
}
