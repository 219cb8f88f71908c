package access

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"

// Kinds are the kinds of credentials, in the order in which they are listed.
func Kinds() []Kind {
	return []Kind{
		token{},
		clientCertificate{},
		federated{},
		external{},
	}
}

// Auths are the values that reader.auth takes.
func Auths() []v1alpha1.ReaderAuth {
	var auths []v1alpha1.ReaderAuth
	for _, kind := range Kinds() {
		auths = append(auths, kind.Auth())
	}
	return auths
}

// KindOf is the kind of the credentials with which a cluster is read. Validate refuses what no kind is called; where
// that was not asked, and where the defaults are not filled in, it is a token.
func KindOf(target *v1alpha1.Cluster) Kind { return kindNamed(target.Reader.Auth) }

func kindNamed(auth v1alpha1.ReaderAuth) Kind {
	for _, kind := range Kinds() {
		if kind.Auth() == auth {
			return kind
		}
	}
	return token{}
}
