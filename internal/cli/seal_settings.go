package cli

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

const sopsSettings = ".sops.yaml"

// settingsHeader begins a file of settings that is ours.
const settingsHeader = "# Written by kubectl mesh seal. Change spec.sealing in mesh.yaml, not this file.\n"

// creationRule says how sops encrypts new files (https://getsops.io/docs, creation_rules).
type creationRule struct {
	PathRegex        string `json:"path_regex"`
	EncryptedRegex   string `json:"encrypted_regex"`
	MACOnlyEncrypted bool   `json:"mac_only_encrypted"`
	Age              string `json:"age"`
}

// writeSettings writes the files that other tools read in the folder of mesh.yaml.
func (r *sealRun) writeSettings() error {
	var rules []creationRule
	for cluster := range r.ws.graph.Clusters() {
		if cluster.Sealing.Format == v1alpha1.SealingSOPS {
			rules = append(rules, creationRule{PathRegex: "^" + regexp.QuoteMeta(sealedFolder+"/"+cluster.Name+"/") + `[^/]+\.yaml$`,
				EncryptedRegex: sops.EncryptedRegex, MACOnlyEncrypted: true, Age: strings.Join(cluster.Sealing.Age.Recipients, ",")})
		}
	}
	if err := r.writeGitleaks(); err != nil {
		return err
	}
	if len(rules) == 0 {
		return r.removeSOPSSettings()
	}
	text, err := manifest.Encode(struct {
		CreationRules []creationRule `json:"creation_rules"`
	}{rules})
	if err != nil {
		return err
	}
	return r.writeSetting(sopsSettings, append([]byte(settingsHeader), text...), "add the recipients of spec.sealing to the rules for "+sealedFolder+"/ in it, or move it away")
}

// removeSOPSSettings: when nothing is sealed with sops any more, our old rules would have sops encrypt to
// recipients who are none.
func (r *sealRun) removeSOPSSettings() error {
	there, err := r.ws.readOptional(sopsSettings)
	if err != nil {
		return inputError{quotePath(err)}
	}
	if !bytes.HasPrefix(there, []byte(settingsHeader)) {
		return nil
	}
	if err := r.ws.forget(sopsSettings); err != nil {
		return err
	}
	fmt.Fprintf(r.ErrOut, "%s: removed\n", r.ws.path(sopsSettings))
	return nil
}

// writeGitleaks is for the scanners of others, which know no keys of age and take public PEM for secret.
func (r *sealRun) writeGitleaks() error {
	text, err := leaks.GitleaksConfig()
	if err != nil {
		return err
	}
	return r.writeSetting(".gitleaks.toml", text, "gitleaks then finds no post-quantum key of age: take over the rules that kubectl mesh init writes elsewhere")
}

// writeSetting writes a file unless somebody else has written it.
func (r *sealRun) writeSetting(name string, text []byte, foreign string) error {
	there, err := r.ws.readOptional(name)
	if err != nil {
		return inputError{quotePath(err)}
	}
	header, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case bytes.Equal(there, text):
		return nil
	case there != nil && !bytes.HasPrefix(there, header):
		fmt.Fprintf(r.ErrOut, "warning: %s is not of kubectl mesh, and was left as it is\n", r.ws.path(name))
		sayHint(r.ErrOut, foreign)
		return nil
	}
	if err := output.WriteFile(r.ws.path(name), text, output.FileOptions{Mode: 0o644, Force: true}); err != nil {
		return err
	}
	fmt.Fprintf(r.ErrOut, "%s: written\n", r.ws.path(name))
	return nil
}
