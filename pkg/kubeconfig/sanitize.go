package kubeconfig

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Sanitize returns an error if istiod would not load cfg as a remote kubeconfig: istiod rejects users whose credential
// comes from a program or a file in its own container (Istio pkg/kube/util.go sanitizeKubeConfig). It checks all users
// in the file, used or not. allow is the content of istiod's environment variable
// PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: exec, tokenFile, clientKey, clientCertificate, or the name of an auth
// provider.
//
// The error joins one error per problem, ordered by user, and never contains a credential.
func Sanitize(cfg clientcmdapi.Config, allow ...string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(cfg.AuthInfos)) {
		for _, use := range insecureUses(cfg.AuthInfos[name]) {
			if !slices.Contains(allow, use.option) {
				errs = append(errs, fmt.Errorf("reject user %q: %s, which istiod accepts only with %q in "+
					"PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS", name, use.text, use.option))
			}
		}
	}
	return errors.Join(errs...)
}

// insecureUse is a credential source that istiod rejects unless the option is set.
type insecureUse struct {
	option string
	text   string
}

func insecureUses(user *clientcmdapi.AuthInfo) []insecureUse {
	if user == nil {
		return nil
	}
	var uses []insecureUse
	// oidc reads no files and runs no programs
	if p := user.AuthProvider; p != nil && p.Name != "oidc" {
		uses = append(uses, insecureUse{option: p.Name, text: fmt.Sprintf("it logs in through auth provider %q", p.Name)})
	}
	if user.ClientKey != "" {
		uses = append(uses, insecureUse{option: "clientKey", text: "it reads its key from a file"})
	}
	if user.ClientCertificate != "" {
		uses = append(uses, insecureUse{option: "clientCertificate", text: "it reads its certificate from a file"})
	}
	if user.TokenFile != "" {
		uses = append(uses, insecureUse{option: "tokenFile", text: "it reads its token from a file"})
	}
	if user.Exec != nil {
		uses = append(uses, insecureUse{option: "exec", text: "it runs a program"})
	}
	return uses
}
