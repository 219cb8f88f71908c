package kubeconfig

import (
	"errors"
	"path"

	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"
)

// Public is how a client authenticates without a credential in its kubeconfig: anybody may read it.
type Public struct {
	// User of the kubeconfig. It holds no token, password or key.
	User clientcmdapiv1.AuthInfo
	// Option is what istiod needs in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS to accept it.
	Option string
}

// TokenFileOption is what istiod must have in PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS to
// accept a TokenFile.
const TokenFileOption = "tokenFile"

// TokenFile authenticates with the token in a file in the pod of istiod, which the kubelet renews.
func TokenFile(path string) *Public {
	return &Public{User: clientcmdapiv1.AuthInfo{TokenFile: path}, Option: TokenFileOption}
}

// check refuses a credential in the open. Its errors never repeat it.
func (p *Public) check() error {
	switch user := p.User; {
	case user.TokenFile != "" && !path.IsAbs(user.TokenFile):
		return errors.New("the path of its token is not absolute")
	case user.Token != "" || user.Password != "" || len(user.ClientKeyData) > 0 || user.AuthProvider != nil:
		return errors.New("it contains a credential in public content")
	}
	return nil
}
