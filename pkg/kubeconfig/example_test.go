package kubeconfig_test

import (
	"fmt"
	"log"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// A remote kubeconfig has one cluster, one user and one context, each with the ID of the cluster that it leads to.
func ExampleRemote_Config() {
	token, err := kubeconfig.ParseToken([]byte("abc.def.ghi\n"))
	if err != nil {
		log.Fatal(err)
	}
	remote := kubeconfig.Remote{
		ClusterID:  "west",
		Server:     "https://api.west.example.com:6443",
		Credential: kubeconfig.Credential{Token: token},
	}
	config, err := remote.Config()
	if err != nil {
		log.Fatal(err)
	}
	text, err := yaml.Marshal(config.Clusters)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	fmt.Println(config.CurrentContext)
	// Output:
	// - cluster:
	//     server: https://api.west.example.com:6443
	//   name: west
	// west
}

// A token is printed by no verb.
func ExampleToken() {
	token, err := kubeconfig.ParseToken([]byte("abc.def.ghi\n"))
	fmt.Printf("%v %s %q %#v %v\n", token, token, token, token, err)
	// Output:
	// [redacted] [redacted] [redacted] [redacted] <nil>
}

func ExampleLabel() {
	for _, name := range []string{"Shop Team", "kind-east", "--prod_2--"} {
		fmt.Println(kubeconfig.Label(name))
	}
	// Output:
	// shop-team
	// kind-east
	// prod-2
}
