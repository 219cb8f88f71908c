// Package apigroup creates clients for single API groups of Kubernetes. client-go's clientset
// (k8s.io/client-go/kubernetes) links every kind of every version, and so do its typed clients, whose scheme has them
// all; this program needs few of them.
package apigroup

import (
	"fmt"
	"net/http"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
)

// Client is a REST client for one version of an API group.
type Client struct {
	*rest.RESTClient
	// Parameters encodes options, such as those of a list or of pods/exec, as query parameters.
	Parameters runtime.ParameterCodec
}

// Kinds registers the kinds of a group: its AddToScheme.
type Kinds = func(*runtime.Scheme) error

// Open creates a client; it does not connect yet. It sends requests through transport, which
// rest.HTTPClientFor makes of the same configuration. Beside the kinds of the group it needs those of other
// groups that its subresources take.
func Open(config *rest.Config, transport *http.Client, group schema.GroupVersion, kinds ...Kinds) (*Client, error) {
	scheme := runtime.NewScheme()
	for _, register := range kinds {
		if err := register(scheme); err != nil {
			return nil, fmt.Errorf("register kinds of %s: %w", group, err)
		}
	}
	config = rest.CopyConfig(config)
	config.GroupVersion, config.APIPath = &group, "/apis"
	if group.Group == "" {
		config.APIPath = "/api"
	}
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client, err := rest.RESTClientForConfigAndClient(config, transport)
	if err != nil {
		return nil, fmt.Errorf("open API group %s: %w", group, err)
	}
	return &Client{RESTClient: client, Parameters: runtime.NewParameterCodec(scheme)}, nil
}
