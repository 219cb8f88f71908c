package kubeconfig

import (
	"slices"
	"strings"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// selectorOf returns the arguments of a login program that identify the cluster, in order; empty if there is no known
// program. Arguments that identify the user are not included.
func selectorOf(user *clientcmdapi.AuthInfo) string {
	if user == nil || user.Exec == nil {
		return ""
	}
	names := []string{"--kube-cluster", "--teleport-cluster", "--cluster", "--cluster-name", "--cluster-id"}
	var selected []string
	args := user.Exec.Args
	for i, arg := range args {
		name, value, joined := strings.Cut(arg, "=")
		if !slices.Contains(names, name) {
			continue
		}
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		selected = append(selected, name+"="+value)
	}
	return strings.Join(selected, " ")
}
