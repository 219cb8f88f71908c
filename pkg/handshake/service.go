// Package handshake tells what a TLS handshake with an east-west gateway shows, without any credential.
//
// A gateway forwards TLS by server name, and a server shows its certificates before it asks for the client's. So a
// handshake from anywhere shows whether the address leads to the gateway, whether the gateway knows the service, and
// who signs for the workloads behind it. Dial sees, Judge decides; neither has a certificate to send.
package handshake

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Service is what a handshake asks a gateway for.
type Service struct {
	Namespace, Name string
	Port            uint16
}

// ParseService reads NAMESPACE/NAME:PORT.
func ParseService(text string) (Service, error) {
	name, port, hasPort := strings.Cut(text, ":")
	namespace, name, hasNamespace := strings.Cut(name, "/")
	if !hasPort || !hasNamespace {
		return Service{}, fmt.Errorf("parse service %q: it is not NAMESPACE/NAME:PORT", text)
	}
	for _, label := range []string{namespace, name} {
		if problems := validation.IsDNS1123Label(label); problems != nil {
			return Service{}, fmt.Errorf("parse service %q: %q: %s", text, label, problems[0])
		}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 || strconv.FormatUint(number, 10) != port {
		return Service{}, fmt.Errorf("parse service %q: %q is not a port from 1 to 65535", text, port)
	}
	return Service{Namespace: namespace, Name: name, Port: uint16(number)}, nil
}

// String is what ParseService reads.
func (s Service) String() string { return fmt.Sprintf("%s/%s:%d", s.Namespace, s.Name, s.Port) }

// ServerName is how a sidecar asks a gateway for the service (istio pilot/pkg/model/service.go, BuildDNSSrvSubsetKey).
func (s Service) ServerName() string {
	return fmt.Sprintf("outbound_.%d_._.%s.%s.svc.cluster.local", s.Port, s.Name, s.Namespace)
}
