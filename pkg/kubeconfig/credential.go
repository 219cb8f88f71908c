package kubeconfig

import (
	"errors"
	"time"

	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"
)

// Credential is what a kubeconfig authenticates with. Exactly one field is set.
type Credential struct {
	Token       Token
	Certificate ClientCertificate
	// Public authenticates without a secret in the kubeconfig.
	Public *Public
}

// NotAfter returns when the credential expires; zero if it does not, or if that is unknown.
func (c Credential) NotAfter() time.Time {
	if !c.Certificate.IsZero() {
		return c.Certificate.NotAfter()
	}
	claims, _ := c.Token.Claims()
	return claims.Expiry
}

func (c Credential) check() error {
	set := 0
	for _, isSet := range []bool{c.Public != nil, c.Token.Reveal() != "", !c.Certificate.IsZero()} {
		if isSet {
			set++
		}
	}
	switch {
	case set > 1:
		return errors.New("it has more than one credential")
	case set == 0:
		return errors.New("its token is missing")
	case c.Public != nil:
		return c.Public.check()
	}
	return nil
}

func (c Credential) user() clientcmdapiv1.AuthInfo {
	if c.Public != nil {
		return c.Public.User
	}
	certificate, key := c.Certificate.Reveal()
	return clientcmdapiv1.AuthInfo{Token: c.Token.Reveal(), ClientCertificateData: certificate, ClientKeyData: key}
}

// options returns the PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS that istiod needs for this kubeconfig.
func (c Credential) options() []string {
	if c.Public != nil {
		return []string{c.Public.Option}
	}
	return nil
}
