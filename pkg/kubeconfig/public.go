package kubeconfig

import (
	"errors"
	"path"

	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"
)

// Public authenticates a client without a credential in the kubeconfig, which can therefore be public.
type Public struct {
	// User entry of the kubeconfig. It contains no token, password or key.
	User clientcmdapiv1.AuthInfo
	// Option that istiod requires in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS to accept it.
	Option string
}

// TokenFileOption is what istiod requires in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS to accept a TokenFile.
const TokenFileOption = "tokenFile"

// TokenFile authenticates with the token in a file in istiod's pod, which the kubelet renews.
func TokenFile(path string) *Public {
	return &Public{User: clientcmdapiv1.AuthInfo{TokenFile: path}, Option: TokenFileOption}
}

// check rejects credentials. Its errors never contain them.
func (p *Public) check() error {
	switch user := p.User; {
	case user.TokenFile != "" && !path.IsAbs(user.TokenFile):
		return errors.New("the path of its token is not absolute")
	case user.Token != "" || user.Password != "" || len(user.ClientKeyData) > 0 || user.AuthProvider != nil:
		return errors.New("it contains a credential in public content")
	}
	return nil
}
