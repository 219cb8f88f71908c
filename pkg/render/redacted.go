package render

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// A redacted object is a complete object with a description in place of each credential. It is rendered without the
// credential, so reviewers see it wherever mesh.yaml is, and it does not depend on the token. API servers reject it,
// because it has a mapping where a string is required, so it can never replace the object that it describes.

// redacted replaces a credential.
type redacted struct {
	// Is describes the credential, such as "token of ServiceAccount mesh-reader-east in cluster west, generation 1".
	Is string `json:"redacted"`
	// value is the credential, if available, to detect changes.
	value string
}

// redact ends the text with a line break: otherwise kustomize would fold long text, and searches would not find it.
func redact(format string, values ...any) *redacted {
	return &redacted{Is: fmt.Sprintf(format, values...) + "\n"}
}

// redactedSecret has all fields of a Secret, with readable values in stringData.
type redactedSecret struct {
	*corev1.SecretApplyConfiguration
	StringData map[string]any `json:"stringData"`
}

// redactedKubeconfig has all fields of a kubeconfig, with redacted users.
type redactedKubeconfig struct {
	clientcmdapiv1.Config
	Users []redactedUser `json:"users"`
}

type redactedUser struct {
	Name string             `json:"name"`
	User redactedCredential `json:"user"`
}

// redactedCredential is one of the supported kinds. Other contains what else a foreign kubeconfig has.
type redactedCredential struct {
	Certificate *redacted `json:"client-certificate-data,omitempty"`
	Key         *redacted `json:"client-key-data,omitempty"`
	Token       *redacted `json:"token,omitempty"`
	TokenFile   string    `json:"tokenFile,omitempty"`
	Other       *redacted `json:"other,omitempty"`
}

// redacted returns the manifests of secrets, redacted.
func (c compiler) redacted() ([]Manifest, error) {
	var manifests []Manifest
	for _, pair := range access.SecretPairs(c.Graph, c.cluster.Name) {
		a, err := access.Find(c.Mesh, c.Graph, pair)
		if err != nil {
			return nil, err
		}
		target := a.Target
		if missing := c.noServer(target); missing != nil {
			manifests = append(manifests, c.heldRemoteSecret(target, missing))
			continue
		}
		secret, err := c.redactedRemoteSecret(a)
		if err != nil {
			return nil, fmt.Errorf("render remote secret of %s for %s: %w", pair.Target, pair.Consumer, err)
		}
		manifests = append(manifests, Manifest{
			File:    layout.RemoteSecret(target.Name),
			Objects: []Object{secret},
			Comment: c.addressComment(target),
		})
	}
	certificates, err := c.redactedCacerts()
	return append(manifests, certificates...), err
}

func (c compiler) redactedRemoteSecret(a access.RemoteAccess) (Object, error) {
	target := a.Target
	config, err := c.remoteOf(target, kubeconfig.Credential{}).ConfigWithoutUser()
	if err != nil {
		return nil, err
	}
	user := redactedUser{Name: config.CurrentContext, User: redactedCredentialOf(a)}
	open := c.remoteSecretOf(target, "")
	open.StringData = nil
	return &redactedSecret{SecretApplyConfiguration: open, StringData: map[string]any{
		target.ID(): redactedKubeconfig{Config: *config, Users: []redactedUser{user}},
	}}, nil
}

// redactedCredentialOf describes the newest generation, which a rotation introduces.
func redactedCredentialOf(a access.RemoteAccess) redactedCredential {
	generation, who := a.Newest(), "user "
	subject := a.Subject(generation)
	if subject.IsAccount() {
		who = "ServiceAccount "
	}
	of := fmt.Sprintf("%s%s in cluster %s, generation %d", who, subject.Name, a.Target.Name, generation)
	if a.Kind().Traits().Form == access.FormCertificate {
		return redactedCredential{Certificate: redact("client certificate of %s", of), Key: redact("private key of %s", of)}
	}
	return redactedCredential{Token: redact("token of %s", of)}
}

// redactedCacerts contains all certificates, which are public, and describes the key by its certificate.
func (c compiler) redactedCacerts() ([]Manifest, error) {
	if !c.hasKey() {
		return nil, nil
	}
	bundle, ok := c.Bundles[c.cluster.Name]
	if !ok {
		return c.heldCacerts(c.noCertificates()), nil
	}
	certificate, err := bundle.Certificate()
	if err != nil {
		return nil, fmt.Errorf("render %s of %s: %w", access.SigningSecret, c.cluster.Name, err)
	}
	fingerprint, err := trust.KeyFingerprint(certificate.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("render %s of %s: %w", access.SigningSecret, c.cluster.Name, err)
	}
	data := map[string]any{trust.CAKeyFile: redact("private key of the signing certificate of cluster %s, public key %s",
		c.cluster.Name, fingerprint)}
	for name, content := range bundle.Public() {
		data[name] = string(content)
	}
	secret := &redactedSecret{SecretApplyConfiguration: c.cacertsSecret(), StringData: data}
	return []Manifest{{File: layout.CACerts, Objects: []Object{secret}}}, nil
}

// redactedFile shows reviewers what the overlay in the reviewed tree omits. It does not exist if that is nothing.
func (in Input) redactedFile(cluster *v1alpha1.Cluster) ([]layout.File, error) {
	manifests, err := newCompiler(in, cluster).redacted()
	manifests = slices.DeleteFunc(manifests, func(m Manifest) bool { return m.Missing != nil })
	if err != nil || len(manifests) == 0 {
		return nil, err
	}
	slices.SortFunc(manifests, func(a, b Manifest) int {
		return cmp.Compare(sortKey(a.Objects[0]), sortKey(b.Objects[0]))
	})
	about := "For review: the objects that cluster " + cluster.Name + " gets in addition to " +
		layout.Overlay(cluster.Name) + ",\nwith each credential replaced by a description.\n" +
		"API servers reject this file. To get the objects: kubectl mesh render --cluster " + cluster.Name
	text, err := textOf(about, manifests)
	return []layout.File{{Path: layout.RedactedFile(cluster.Name), Content: text}}, err
}
