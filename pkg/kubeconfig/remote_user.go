package kubeconfig

import clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"

// ConfigWithoutUser returns the same kubeconfig as Config, but without a user and for a Remote without a credential.
// Its current context still names the user.
func (r Remote) ConfigWithoutUser() (*clientcmdapiv1.Config, error) {
	none := "none"
	r.Token = Token{value: &none} // istiod loads no user without a credential
	config, err := r.Config()
	if err != nil {
		return nil, err
	}
	config.AuthInfos = nil
	return config, nil
}
