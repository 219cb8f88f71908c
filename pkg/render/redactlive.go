package render

import (
	"encoding/base64"
	"net/url"
	"strings"

	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// RedactSecrets converts two states of a Secret to the redacted form: readable values in stringData, with a description
// in place of each credential. If two different credentials have the same description, it says which is which.
// Certificates are described by subject and fingerprint, which readers compare. Either state may be nil.
func RedactSecrets(before, after map[string]any) {
	values, others := valuesOf(before), valuesOf(after)
	was, is := redactSecret(before, values), redactSecret(after, others)
	for at, old := range was {
		if now, ok := is[at]; ok && old.Is == now.Is && old.value != now.value {
			old.Is, now.Is = marked(old.Is, "before"), marked(now.Is, "after")
		}
	}
	for key, value := range values {
		if other, ok := others[key]; ok && value != other && reads(before, key) == reads(after, key) {
			setNested(before, key, redact("the same, encoded differently (before)"))
			setNested(after, key, redact("the same, encoded differently (after)"))
		}
	}
}

// shownIn is the field for readable values.
const shownIn = "stringData"

// reads returns a value as printed.
func reads(secret map[string]any, key string) string {
	text, _ := manifest.Encode(nested(secret, shownIn, key)) // consists of strings
	return string(text)
}

func setNested(secret map[string]any, key string, value any) {
	shown, _ := secret[shownIn].(map[string]any)
	shown[key] = value
}

func marked(text, which string) string {
	return strings.TrimSuffix(text, "\n") + " (" + which + ")\n"
}

// redactions are the redacted credentials of a Secret, by their place in it.
type redactions map[string]*redacted

// note records the replacement of a credential.
func (all redactions) note(at, value string, is *redacted) *redacted {
	is.value = value
	all[at] = is
	return is
}

// redactSecret replaces the values of a Secret.
func redactSecret(secret map[string]any, values map[string]string) redactions {
	all := redactions{}
	if len(values) == 0 {
		return all
	}
	labels, _ := nested(secret, "metadata", "labels").(map[string]any)
	shown := map[string]any{}
	for key, value := range values {
		shown[key] = all.redactValue(key, value, labels[labelMultiCluster] == "true")
	}
	delete(secret, "data")
	secret[shownIn] = shown
	return all
}

// valuesOf decodes the values of a Secret. An API server has no values that are not base64.
func valuesOf(secret map[string]any) map[string]string {
	values := map[string]string{}
	data, _ := secret["data"].(map[string]any)
	for key, value := range data {
		encoded, _ := value.(string)
		text, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			text = []byte(encoded)
		}
		values[key] = string(text)
	}
	plain, _ := secret["stringData"].(map[string]any)
	for key, value := range plain {
		values[key], _ = value.(string)
	}
	return values
}

func nested(object map[string]any, path ...string) any {
	var value any = object
	for _, name := range path {
		fields, _ := value.(map[string]any)
		value = fields[name]
	}
	return value
}

// redactValue keeps what cannot be a credential: a kubeconfig without its users, and certificates.
func (all redactions) redactValue(key, text string, isRemote bool) any {
	if isRemote {
		if config, ok := all.redactKubeconfig(key, text); ok {
			return config
		}
		return all.note(key, text, redact("not a kubeconfig"))
	}
	if certificates, ok := shownCertificates([]byte(text)); ok {
		return certificates
	}
	if key == trust.CAKeyFile {
		if parsed, err := trust.ParseKey([]byte(text)); err == nil {
			if fingerprint, err := trust.KeyFingerprint(parsed.Public()); err == nil {
				return all.note(key, text, redact("private key of the signing certificate, public key %s", fingerprint))
			}
		}
	}
	return all.note(key, text, redact("value of %s", key))
}

// shownConfig has all fields of a kubeconfig, with readable certificate authorities and without credentials.
type shownConfig struct {
	redactedKubeconfig
	Clusters []shownCluster `json:"clusters"`
}

type shownCluster struct {
	Name    string   `json:"name"`
	Cluster shownAPI `json:"cluster"`
}

// shownAPI is clientcmdapiv1.Cluster with a readable certificate authority.
type shownAPI struct {
	clientcmdapiv1.Cluster
	Authority  any       `json:"certificate-authority-data,omitempty"`
	Extensions *redacted `json:"extensions,omitempty"`
}

// redactKubeconfig is false for a text that is not a kubeconfig: strict decoding drops no field.
func (all redactions) redactKubeconfig(key, text string) (shownConfig, bool) {
	var config clientcmdapiv1.Config
	if err := yaml.UnmarshalStrict([]byte(text), &config); err != nil || len(config.Clusters) == 0 {
		return shownConfig{}, false
	}
	shown := shownConfig{redactedKubeconfig: redactedKubeconfig{Config: config}}
	shown.Extensions, shown.Preferences.Extensions = nil, nil // a foreign kubeconfig may have preferences
	for i := range shown.Contexts {
		shown.Contexts[i].Context.Extensions = nil
	}
	for _, cluster := range config.Clusters {
		shown.Clusters = append(shown.Clusters, all.redactCluster(key+" "+cluster.Name, cluster))
	}
	for _, user := range config.AuthInfos {
		shown.Users = append(shown.Users, redactedUser{
			Name: user.Name,
			User: all.redactUser(key+" "+user.Name, user.AuthInfo),
		})
	}
	return shown, true
}

func (all redactions) redactCluster(at string, cluster clientcmdapiv1.NamedCluster) shownCluster {
	api := shownAPI{Cluster: cluster.Cluster}
	api.Server, api.ProxyURL = withoutPassword(api.Server), withoutPassword(api.ProxyURL)
	if bundle := api.CertificateAuthorityData; len(bundle) > 0 {
		certificates, ok := shownCertificates(bundle)
		if api.Authority = certificates; !ok {
			api.Authority = all.note(at+" authority", string(bundle), redact("not a certificate"))
		}
	}
	return shownCluster{Name: cluster.Name, Cluster: api}
}

// withoutPassword removes user information from a URL.
func withoutPassword(text string) string {
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		return "not a URL"
	case parsed.User == nil:
		return text
	}
	return parsed.Redacted()
}

func (all redactions) redactUser(at string, user clientcmdapiv1.AuthInfo) redactedCredential {
	shown := redactedCredential{TokenFile: user.TokenFile}
	if user.Token != "" {
		shown.Token = all.note(at+" token", user.Token, redact("%s", tokenName(user.Token)))
	}
	if len(user.ClientCertificateData) > 0 {
		shown.Certificate = all.note(at+" certificate",
			string(user.ClientCertificateData), redact("%s", certificateName(user.ClientCertificateData)))
	}
	if len(user.ClientKeyData) > 0 {
		shown.Key = all.note(at+" key", string(user.ClientKeyData), redact("private key of the client certificate"))
	}
	user.Token, user.TokenFile, user.ClientCertificateData, user.ClientKeyData = "", "", nil, nil
	//nolint:gosec // the credentials were removed, and the rest is redacted as a whole
	if rest, err := yaml.Marshal(user); err != nil || string(rest) != "{}\n" {
		shown.Other = all.note(at+" other", string(rest), redact("other authentication"))
	}
	return shown
}

// tokenName describes a token's subject by its claims.
func tokenName(text string) string {
	token, err := kubeconfig.ParseToken([]byte(text))
	if err != nil {
		return "a token"
	}
	claims, ok := token.Claims()
	if !ok {
		return "a token without a subject"
	}
	name := "token of user " + claims.Subject
	if account, ok := strings.CutPrefix(claims.Subject, "system:serviceaccount:"); ok {
		name = "token of ServiceAccount " + strings.Replace(account, ":", "/", 1)
	}
	if claims.Secret != "" {
		name += ", Secret " + claims.Secret
	}
	return name
}

func certificateName(text []byte) string {
	certificates, err := trust.ParseCertificates(text)
	if err != nil {
		return "not a certificate"
	}
	own := certificates[0]
	return "client certificate of user " + own.Subject.CommonName + ", SHA-256 " + trust.Fingerprint(own)
}

// shownCertificate identifies a certificate for comparison.
type shownCertificate struct {
	Subject string `json:"subject"`
	SHA256  string `json:"sha256"`
}

func shownCertificates(text []byte) ([]shownCertificate, bool) {
	certificates, err := trust.ParseCertificates(text)
	if err != nil {
		return nil, false
	}
	shown := make([]shownCertificate, len(certificates))
	for i, certificate := range certificates {
		about := trust.Describe("", certificate)
		shown[i] = shownCertificate{Subject: about.Subject, SHA256: about.SHA256}
	}
	return shown, true
}
