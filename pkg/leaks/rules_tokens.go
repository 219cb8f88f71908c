package leaks

// tokens are the rules for bearer tokens: forms of issuers first, then keys that hold one. An expression
// that begins with a word is searched for ten times as fast as one that may begin with any of several
// characters.
func tokens() []Rule {
	return []Rule{
		{
			ID: "json-web-token", Description: "a bearer token",
			Keywords: []string{".eyJ", ".eyA", ".ewo", ".ew0"},
			// Header and payload are JSON objects in base64url: they begin with {" or { and white space. No
			// word boundary before: what base64 is preceded by may be decoded into a letter.
			Regexp: `e(?:y[JA]|w[o0])[A-Za-z0-9_-]{10,}\.e(?:y[JA]|w[o0])[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*`,
		},
		{
			ID: "rancher-token", Description: "a bearer token of Rancher",
			// The name of a token, and 54 characters of an alphabet without vowels (rancher/rancher
			// pkg/auth/tokens): token-4x7bq:…, kubeconfig-u-…:…, ext/token-…:….
			Keywords: []string{"token-", "kubeconfig-", "kubectl-shell-"},
			Longest:  len("kubectl-shell-") + 60 + len(":") + 54,
			Regexp:   `(?:token|kubeconfig|kubectl-shell)-[a-z0-9-]{3,60}:[bcdfghjklmnpqrstvwxz2456789]{54}`,
		},
		{
			ID: "k3s-token", Description: "a token that joins nodes to a cluster of k3s or RKE2",
			// https://docs.k3s.io/cli/token: the hash of the cluster's CA, then a password or a bootstrap token.
			Keywords: []string{"K10"},
			Regexp:   `K10[0-9a-f]{64}::[A-Za-z0-9._~+/:=-]{4,}`,
		},
		{
			ID: "openshift-token", Description: "a bearer token of OpenShift",
			// Since 4.6 (openshift/enhancements, authentication/oauth-tokens-hashing).
			Keywords: []string{"sha256~"},
			Regexp:   `sha256~[A-Za-z0-9_-]{43}`,
		},
		{
			ID: "eks-token", Description: "a bearer token of EKS",
			// A presigned URL in base64url (kubernetes-sigs/aws-iam-authenticator pkg/token/token.go).
			Keywords: []string{"k8s-aws-v1."},
			Regexp:   `k8s-aws-v1\.[A-Za-z0-9_-]{40,}`,
		},
		{
			ID: "google-token", Description: "an access token of Google Cloud",
			Keywords: []string{"ya29."},
			Regexp:   `ya29\.[A-Za-z0-9_-]{20,}`,
		},
		{
			ID: "bootstrap-token", Description: "a token that joins nodes to a cluster",
			// A flag's ID and secret, or a Secret's secret alone, in the open or in base64
			// (kubernetes/cluster-bootstrap token/api/types.go). Under a key it is a token as any other.
			Keywords: []string{"-token ", "token-secret"},
			Regexp: `token(?:[ \t]+\\?["']?([a-z0-9]{6}\.[a-z0-9]{16})|` +
				`-secret` + keyEnd + `([a-z0-9]{16}|[A-Za-z0-9+/]{22}==))(?:[^A-Za-z0-9._-]|$)`,
			Allowed: []string{notes, words},
		},
		{
			ID: "kubeconfig-token", Description: "a bearer token",
			Keywords: []string{"token:", "token :", `token"`, "token'", `token\`, "token=", "token ="},
			// The members of a user entry and of its auth provider (client-go tools/clientcmd/api/v1/types.go):
			// token, id-token, refresh-token; other keys that end so; flags and assignments. A colon may stand
			// between two parts, but not at the end: what is before it is a key.
			Regexp: `token` + assigned +
				`([A-Za-z0-9._~+/-][A-Za-z0-9._~+/:-]{14,}[A-Za-z0-9._~+/-]={0,2})` + valueEnd,
			Entropy: 3,
			Allowed: []string{notes, words, sealed, encoded, fingerprint},
		},
		{
			ID: "oidc-client-secret", Description: "the secret of an OpenID Connect client",
			// client-secret of an auth provider (client-go plugin/pkg/client/auth/oidc), and as others write it.
			Keywords: []string{"client-secret", "client_secret", "clientSecret"},
			Regexp:   `client(?:[-_]s|S)ecret` + keyEnd + `([A-Za-z0-9._~+/-]{12,}={0,2})` + valueEnd,
			Entropy:  3,
			Allowed:  []string{notes, words, sealed},
		},
		{
			ID: "url-token", Description: "a token in a URL",
			Keywords: []string{"://"},
			Regexp:   `://([A-Za-z0-9_.~+-]{20,})(?::x-oauth-basic|:)?@`,
			Entropy:  3.5,
			Allowed:  []string{notes, words},
		},
	}
}
