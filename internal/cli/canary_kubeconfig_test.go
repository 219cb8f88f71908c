package cli_test

import (
	"fmt"
	"path/filepath"
	"strings"
)

// canaryKubeconfig has a context that is fine and one that the test varies, and a user with
// every kind of credential.
func canaryKubeconfig() string {
	return strings.NewReplacer("TOKEN", canaryToken(), "OPAQUE", canaryOpaque, "BASIC", canaryBasic, "KEYDATA", canaryKeyData(), "PASSWORD", canaryPassword).Replace(
		strings.TrimLeft(`
apiVersion: v1
kind: Config
current-context: ctx-east
contexts:
- name: fine
  context: {cluster: fine, user: u}
- name: planted
  context: {cluster: planted, user: u}
clusters:
- name: fine
  cluster: {server: "https://203.0.113.10"}
- name: planted
  cluster:
    server: https://203.0.113.20
users:
- name: u
  user:
    token: TOKEN
    username: admin
    password: BASIC
    client-key-data: KEYDATA
- name: opaque
  user: {token: OPAQUE}
- name: program
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: none, interactiveMode: Never, env: [{name: SECRET, value: PASSWORD}]}
`, "\n"))
}

// kubeconfigInputs are secrets in kubeconfigs: in their place, or where they have none, and in
// kubeconfigs that cannot be read.
func kubeconfigInputs() []input {
	var inputs []input
	add := func(name, text string) {
		inputs = append(inputs, input{name: "kubeconfig, " + name, files: map[string]string{"kubeconfig": text},
			env: map[string]string{"KUBECONFIG": "kubeconfig"}})
	}
	whole := canaryKubeconfig()
	add("right", whole)
	cluster := func(name, line string) {
		add(name, strings.Replace(whole, "    server: https://203.0.113.20\n", line, 1))
	}
	const server = "    server: https://203.0.113.20\n"
	cluster("server with a password", fmt.Sprintf("    server: https://admin:%s@203.0.113.20\n", canaryPassword))
	cluster("server with a bad escape", fmt.Sprintf("    server: https://admin:%%zz%s@203.0.113.20\n", canaryPassword))
	cluster("server with a query", fmt.Sprintf("    server: https://203.0.113.20/?token=%s\n", canaryToken()))
	cluster("server is a token", fmt.Sprintf("    server: %s\n", canaryToken()))
	cluster("proxy with a password", server+fmt.Sprintf("    proxy-url: http://u:%s@proxy\n", canaryPassword))
	cluster("proxy is a token", server+fmt.Sprintf("    proxy-url: %s\n", canaryToken()))
	cluster("authority is a key", server+fmt.Sprintf("    certificate-authority: %q\n", canaryKey()))
	cluster("authority is data", server+fmt.Sprintf("    certificate-authority: %s\n", canaryKeyData()))
	cluster("authority is a token", server+fmt.Sprintf("    certificate-authority: %s\n", canaryToken()))
	cluster("authority data is a key", server+fmt.Sprintf("    certificate-authority-data: %s\n", canaryKeyData()))
	cluster("authority data is no base64", server+fmt.Sprintf("    certificate-authority-data: %q\n", canaryKey()))
	cluster("insecure", server+"    insecure-skip-tls-verify: true\n")
	cluster("unknown field", server+fmt.Sprintf("    token: %s\n", canaryToken()))

	add("doubled opaque user", whole+fmt.Sprintf("- name: opaque\n  user: {token: %s}\n", canaryOpaque))
	add("opaque token is a list", whole+fmt.Sprintf("- name: v\n  user: {token: [%s]}\n", canaryOpaque))
	add("doubled user", whole+fmt.Sprintf("- name: u\n  user: {token: %s}\n", canaryToken()))
	add("user is a list", whole+fmt.Sprintf("- name: v\n  user: [%s]\n", canaryToken()))
	add("token is a list", whole+fmt.Sprintf("- name: v\n  user: {token: [%s]}\n", canaryToken()))
	add("token is a map", whole+fmt.Sprintf("- name: v\n  user: {token: {%s: x}}\n", canaryToken()))
	add("key data is no base64", whole+fmt.Sprintf("- name: v\n  user: {client-key-data: %q}\n", canaryKey()))
	add("key data is a token", whole+fmt.Sprintf("- name: v\n  user: {client-key-data: %s}\n", canaryToken()))
	add("no user", strings.ReplaceAll(whole, "user: u", "user: "+canaryToken()))
	add("users are a map", strings.Replace(whole, "users:\n- name: u\n  user:", "users:\n  u:", 1))
	add("another kind", strings.Replace(whole, "kind: Config", "kind: "+canaryToken(), 1))
	add("ends in the middle", whole[:strings.Index(whole, canaryToken())+len(canaryToken())]+"\"")
	inputs = append(inputs, twoKubeconfigs(whole))
	return append(inputs, brokenKubeconfigs()...)
}

// twoKubeconfigs are merged, and the second has the user again.
func twoKubeconfigs(whole string) input {
	return input{name: "kubeconfig, two files", files: map[string]string{"kubeconfig": whole, "second": whole + "- broken: [" + canaryToken() + "\n"},
		env: map[string]string{"KUBECONFIG": "kubeconfig" + string(filepath.ListSeparator) + "second"}}
}

func brokenKubeconfigs() []input {
	inputs := brokenInputs("kubeconfig", "kubeconfig")
	for i := range inputs {
		inputs[i].env = map[string]string{"KUBECONFIG": "kubeconfig"}
	}
	return inputs
}
