package render_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// remoteSecret is a Secret of the API server that holds a kubeconfig.
func remoteSecret(text string) map[string]any {
	return map[string]any{"metadata": map[string]any{"labels": map[string]any{"istio/multiCluster": "true"}},
		"data": map[string]any{"west": base64.StdEncoding.EncodeToString([]byte(text))}}
}

// redactedPair is what a reader sees of both states.
func redactedPair(t *testing.T, before, after map[string]any) (was, is string) {
	t.Helper()
	render.RedactSecrets(before, after)
	text := func(secret map[string]any) string {
		if secret == nil {
			return ""
		}
		text, err := manifest.Encode(secret["stringData"])
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return text(before), text(after)
}

const kubeconfigOf = `apiVersion: v1
kind: Config
clusters:
- name: west
  cluster: {server: "SERVER", proxy-url: "PROXY", tls-server-name: api.west, certificate-authority-data: CA}
contexts: [{name: west, context: {cluster: west, user: west}}]
current-context: west
users: [{name: west, user: USER}]
`

func fakeToken(t *testing.T, secret, signature string) string {
	t.Helper()
	claims, err := json.Marshal(map[string]string{"sub": "system:serviceaccount:istio-system:mesh-reader-east",
		"kubernetes.io/serviceaccount/secret.name": secret})
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode(claims) + "." + encode([]byte(signature))
}

// Every field but the credential is readable, on both sides alike.
func TestRedactSecrets(t *testing.T) {
	config := func(user string, values ...string) string {
		values = append(values, "USER", user, "SERVER", "https://203.0.113.20", "PROXY", "http://proxy:3128", "CA", "''")
		return strings.NewReplacer(values...).Replace(kubeconfigOf)
	}
	token := func(secret, signature string) string { return "{token: " + fakeToken(t, secret, signature) + "}" }
	const one = "token of ServiceAccount istio-system/mesh-reader-east, Secret token-1"
	for name, tt := range map[string]struct {
		before, after string
		was, is       string // lines that differ
	}{
		"nothing": {before: config(token("token-1", "a")), after: config(token("token-1", "a"))},
		"a server": {before: config("{}"), after: config("{}", "SERVER", "https://198.51.100.1"),
			was: "server: https://203.0.113.20", is: "server: https://198.51.100.1"},
		"a proxy": {before: config("{}"), after: config("{}", "PROXY", "http://user:CANARY@other:3128"),
			was: "proxy-url: http://proxy:3128", is: "proxy-url: http://user:xxxxx@other:3128"},
		"the password of a proxy": {before: config("{}", "PROXY", "http://user:CANARY1@other:3128"), after: config("{}", "PROXY", "http://user:CANARY2@other:3128"),
			was: "the same, encoded differently (before)", is: "the same, encoded differently (after)"},
		"a TLS name": {before: config("{}"), after: config("{}", "api.west", "api.east"),
			was: "tls-server-name: api.west", is: "tls-server-name: api.east"},
		"verification": {before: config("{}"), after: config("{}", "tls-server-name: api.west", "insecure-skip-tls-verify: true"),
			was: "tls-server-name: api.west", is: "insecure-skip-tls-verify: true"},
		"an account": {before: config(token("token-1", "a")), after: config(token("token-2", "a")),
			was: one, is: strings.Replace(one, "-1", "-2", 1)},
		"a token of the same account": {before: config(token("token-1", "a")), after: config(token("token-1", "b")),
			was: one + " (before)", is: one + " (after)"},
		"an opaque token": {before: config("{token: CANARY1CANARY1CANARY1}"), after: config("{token: CANARY2CANARY2CANARY2}"),
			was: "a token without a subject (before)", is: "a token without a subject (after)"},
		"a program": {before: config("{}"), after: config("{exec: {apiVersion: client.authentication.k8s.io/v1, command: CANARY, env: [{name: A, value: CANARY}]}}"),
			was: "user: {}", is: "user: | other: | redacted: | | other authentication"},
		"a password":     {before: config("{password: CANARY1}"), after: config("{password: CANARY2}"), was: "other authentication (before)", is: "other authentication (after)"},
		"a token file":   {before: config("{tokenFile: /a}"), after: config("{tokenFile: /b}"), was: "tokenFile: /a", is: "tokenFile: /b"},
		"another form":   {before: config("{}"), after: "# CANARY\n" + config("{}"), was: "the same, encoded differently (before)", is: "the same, encoded differently (after)"},
		"no kubeconfig":  {before: "CANARY1", after: "CANARY2", was: "not a kubeconfig (before)", is: "not a kubeconfig (after)"},
		"unknown fields": {before: "CANARY: 1\n" + config("{}"), after: "CANARY: 2\n" + config("{}"), was: "not a kubeconfig (before)", is: "not a kubeconfig (after)"},
	} {
		t.Run(name, func(t *testing.T) {
			was, is := redactedPair(t, remoteSecret(tt.before), remoteSecret(tt.after))
			if strings.Contains(was+is, "CANARY") || strings.Contains(was+is, "eyJ") {
				t.Errorf("a credential is shown:\n%s\n%s", was, is)
			}
			if diff := cmp.Diff([]string{tt.was, tt.is}, []string{beyond(was, is), beyond(is, was)}); diff != "" {
				t.Errorf("lines that differ (-want +got):\n%s", diff)
			}
		})
	}
}

// beyond are the lines that the other text lacks.
func beyond(text, other string) string {
	var lines []string
	has := map[string]bool{}
	for line := range strings.Lines(other) {
		has[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); !has[line] {
			lines = append(lines, strings.TrimPrefix(line, "- "))
		}
	}
	return strings.Join(lines, " | ")
}

// The two forms of a remote secret agree: what rendering says of it without a credential, and what is read from it.
func TestRedactedLikeRendered(t *testing.T) {
	compared := 0
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, consumer := range s.clusters() {
			redacted := objects(t, yamlOf(t, compile(t, s.Input, consumer, render.Options{Redacted: true})))
			for i, real := range objects(t, yamlOf(t, compile(t, s.Input, consumer, render.Options{Secrets: true}))) {
				name, _ := real.at("metadata", "name").(string)
				if !strings.HasPrefix(name, "istio-remote-secret-") || !strings.Contains(fmt.Sprint(redacted[i]["stringData"]), "redacted:") {
					continue // it is another object, or holds no credential
				}
				render.RedactSecrets(real, nil)
				if diff := cmp.Diff(fields(t, redacted[i]["stringData"]), fields(t, real["stringData"])); diff != "" {
					t.Errorf("%s: %s (-rendered +read):\n%s", consumer, name, diff)
				}
				compared++
			}
		}
	})
	if compared < 20 {
		t.Errorf("%d remote secrets were compared", compared)
	}
}

// fields are the texts in a value by their places, without what the two forms say in ways of their own: what a
// credential is, and which certificates there are.
func fields(t *testing.T, value any) map[string]string {
	t.Helper()
	text, err := manifest.Encode(value)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := yaml.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				walk(at+"."+key, inner)
			}
		case []any:
			for i, inner := range value {
				walk(fmt.Sprintf("%s[%d]", at, i), inner)
			}
		default:
			found[at] = fmt.Sprint(value)
		}
	}
	walk("", plain)
	for at := range found {
		switch {
		case strings.HasSuffix(at, ".redacted"):
			found[at] = "replaced"
		case strings.Contains(at, "certificate-authority-data"):
			delete(found, at)
		}
	}
	return found
}
