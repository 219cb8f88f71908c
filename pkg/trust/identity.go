package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CheckRequestIdentity rejects a request for anything but this cluster's intermediate, of any generation. Signing uses
// only the key of a request, but a request from another site that names something else was not made for this cluster.
func CheckRequestIdentity(text []byte, what Intermediate) error {
	if _, err := ParseRequest(text); err != nil {
		return err
	}
	block := firstBlock(text, func(kind string) bool { return strings.HasSuffix(kind, requestBlock) })
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return fmt.Errorf("read request: %w", sanitized(err))
	}
	if at := strings.LastIndex(request.Subject.CommonName, " g"); at > 0 {
		what.Generation, _ = strconv.Atoi(request.Subject.CommonName[at+2:])
	}
	if have, want := request.Subject.String(), what.subject().String(); have != want {
		return fmt.Errorf("it asks to be %q, not %q", shown(have), want)
	}
	var identities []string
	for _, uri := range request.URIs {
		identities = append(identities, uri.String())
	}
	want := what.identity()[0].String()
	if !slices.Equal(identities, []string{want}) {
		return fmt.Errorf("it asks for the identity %q, not for %q", shown(strings.Join(identities, ", ")), want)
	}
	if len(request.DNSNames)+len(request.EmailAddresses)+len(request.IPAddresses) > 0 {
		return errors.New("it asks for further names")
	}
	return nil
}
