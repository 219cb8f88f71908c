package cli

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// sampleService is what gateways are asked for when no other service is named.
func sampleService() handshake.Service {
	return handshake.Service{Namespace: render.SampleNamespace, Name: render.SampleService, Port: render.SamplePort}
}

// handshakes are made through the network of this machine, unless a test has one of its own.
func (o *checkOptions) handshakes() (*inspect.Handshake, error) {
	service, err := handshake.ParseService(o.service)
	if err != nil {
		return nil, err
	}
	edge := handshake.Network(inspect.HandshakePatience)
	return &inspect.Handshake{Service: service, Named: service != sampleService(), Edge: edge}, nil
}
