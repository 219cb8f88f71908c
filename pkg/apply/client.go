package apply

import (
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apigroup"
)

// FieldManager owns the fields that this program applies. It does not start with "kubectl": Flux takes such managers
// for a user's manual changes and reverts them (fluxcd/kustomize-controller, overrides of field managers by prefix).
const FieldManager = "mesh-cli"

// Client changes one cluster.
type Client struct {
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
	// mapping guards mapper, which is not safe for concurrent use during discovery.
	mapping sync.Mutex
}

// Open creates a client; it does not connect yet.
func Open(config *rest.Config) (*Client, error) {
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	kinds, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	return &Client{
		dynamic: objects,
		mapper:  restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kinds)),
	}, nil
}

// openGroup creates a client for one API group; it does not connect yet.
func openGroup(config *rest.Config, group schema.GroupVersion, kinds ...apigroup.Kinds) (*apigroup.Client, error) {
	transport, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	return apigroup.Open(config, transport, group, kinds...)
}

// resource returns the client for a kind in a namespace.
func (c *Client) resource(kind schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	c.mapping.Lock()
	defer c.mapping.Unlock()
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		return nil, &MissingKinds{Kinds: []schema.GroupVersionKind{kind}}
	}
	if err != nil {
		return nil, fmt.Errorf("discover kind %s: %w", kind.Kind, err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return c.dynamic.Resource(mapping.Resource).Namespace(namespace), nil
	}
	return c.dynamic.Resource(mapping.Resource), nil
}

func (c *Client) resourceOf(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	return c.resource(object.GroupVersionKind(), object.GetNamespace())
}
