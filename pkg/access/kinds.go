package access

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"

// Kinds returns the kinds of credentials, in display order.
func Kinds() []Kind {
	return []Kind{
		token{},
		clientCertificate{},
		federated{},
		external{},
	}
}

// Auths returns the values of reader.auth.
func Auths() []v1alpha1.ReaderAuth {
	var auths []v1alpha1.ReaderAuth
	for _, kind := range Kinds() {
		auths = append(auths, kind.Auth())
	}
	return auths
}

// KindOf returns the kind of credential for a cluster. Validate rejects unknown kinds; before validation and defaults
// it is a token.
func KindOf(target *v1alpha1.Cluster) Kind { return kindNamed(target.Reader.Auth) }

func kindNamed(auth v1alpha1.ReaderAuth) Kind {
	for _, kind := range Kinds() {
		if kind.Auth() == auth {
			return kind
		}
	}
	return token{}
}
