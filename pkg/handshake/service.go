// Package handshake performs TLS handshakes with east-west gateways without a credential.
//
// A gateway forwards TLS by server name, and servers present their certificates before they request the client's. A
// handshake therefore shows, from anywhere, whether the address belongs to the gateway, whether the gateway knows the
// service, and who signs for the workloads behind it. Dial observes, Judge decides; neither has a certificate to send.
package handshake

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Service requested in a handshake.
type Service struct {
	Namespace, Name string
	Port            uint16
}

// ParseService parses NAMESPACE/NAME:PORT.
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

// String is the inverse of ParseService.
func (s Service) String() string { return fmt.Sprintf("%s/%s:%d", s.Namespace, s.Name, s.Port) }

// ServerName returns the server name that sidecars use for the service (istio pilot/pkg/model/service.go,
// BuildDNSSrvSubsetKey).
func (s Service) ServerName() string {
	return fmt.Sprintf("outbound_.%d_._.%s.%s.svc.cluster.local", s.Port, s.Name, s.Namespace)
}
