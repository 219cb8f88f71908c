package render_test

import (
	"fmt"
	"log"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

const exampleMesh = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  clusters:
  - {name: east, network: flat, api: {server: "https://203.0.113.1"}}
  - {name: west, network: flat, api: {server: "https://203.0.113.2"}}
`

// The overlay of a cluster: what is public by default, and the remote secrets too where they are asked for.
func ExampleCompile() {
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(exampleMesh)})
	if len(problems) > 0 {
		log.Fatal(problems)
	}
	token, err := kubeconfig.ParseToken([]byte("abc.def.ghi"))
	if err != nil {
		log.Fatal(err)
	}
	in := render.Input{
		Mesh: doc.Mesh, Graph: topology.New(doc.Mesh),
		Credentials: map[access.Pair]kubeconfig.Credential{
			{Consumer: "east", Target: "west"}: {Token: token},
		},
	}
	for _, options := range []render.Options{{}, {Secrets: true}} {
		overlay, err := render.Compile(in, "east", options)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("secrets:", options.Secrets)
		for _, object := range overlay.Objects() {
			fmt.Println("-", *object.GetKind(), *object.GetName())
		}
	}
	// Output:
	// secrets: false
	// - Namespace istio-system
	// - ServiceAccount mesh-reader-west
	// - Role mesh-reader
	// - ClusterRole mesh-reader
	// - RoleBinding mesh-reader-west
	// - ClusterRoleBinding mesh-reader-west
	// - Secret mesh-reader-west-token-1
	// secrets: true
	// - Namespace istio-system
	// - ServiceAccount mesh-reader-west
	// - Role mesh-reader
	// - ClusterRole mesh-reader
	// - RoleBinding mesh-reader-west
	// - ClusterRoleBinding mesh-reader-west
	// - Secret istio-remote-secret-west
	// - Secret mesh-reader-west-token-1
}
