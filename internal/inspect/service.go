package inspect

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// SampleService is the default service of handshakes.
func SampleService() handshake.Service {
	return handshake.Service{Namespace: render.SampleNamespace, Name: render.SampleService, Port: render.SamplePort}
}

// CheckService rejects an invalid service, and one that no handshake would use.
func CheckService(name string, asked bool) error {
	var errs verdict.Usage
	if _, err := handshake.ParseService(name); err != nil {
		errs = append(errs, verdict.Input(hint.Add(err, "use the form --handshake-service "+SampleService().String())))
	}
	errs.Refuse(name != SampleService().String() && !asked, "add --handshake", "--handshake-service requires --handshake")
	return errs.Err()
}

// HandshakeFor returns handshakes for a service through this machine's network.
func HandshakeFor(name string) (*Handshake, error) {
	service, err := handshake.ParseService(name)
	if err != nil {
		return nil, err
	}
	return &Handshake{Service: service, Named: service != SampleService(), Edge: handshake.Network(handshakePatience)}, nil
}
