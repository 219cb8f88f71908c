package kubeconfig

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// These checks apply to remote kubeconfigs and to contexts. Errors contain the field and its value, except for what
// could be a password.

// checkServer requires an https URL with a host. Like client-go, it allows a path.
func checkServer(server string) error {
	u, err := parseURL("server", server)
	switch {
	case err != nil:
		return err
	case u.User != nil:
		return fmt.Errorf("server %s contains a user name", shown(server))
	case u.Scheme == "http":
		return fmt.Errorf("server %s is not https: the token would be sent unencrypted", shown(server))
	case u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("server %s is not of the form https://host:port", shown(server))
	}
	return nil
}

// checkProxy accepts an empty value, or a URL with a scheme that client-go supports (tools/clientcmd/validation.go
// parseProxyURL).
func checkProxy(proxy string) error {
	if proxy == "" {
		return nil
	}
	u, err := parseURL("proxy-url", proxy)
	switch {
	case err != nil:
		return err
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5", u.Hostname() == "":
		return fmt.Errorf("proxy-url %s is not of the form http://, https:// or socks5:// and a host", shown(proxy))
	}
	return nil
}

func checkTLSServerName(name string) error {
	if !isVisible(name) {
		return fmt.Errorf("tls-server-name %q contains characters other than visible ASCII", name)
	}
	return nil
}

// checkCA accepts an empty value, or PEM in which client-go finds a certificate. It catches the wrong file, above all a
// private key that would be published; it does not verify the certificate.
func checkCA(ca []byte) error {
	switch {
	case len(ca) == 0:
		return nil
	case bytes.Contains(ca, []byte("PRIVATE KEY-----")):
		return errors.New("certificate-authority-data contains a private key")
	case !bytes.Contains(ca, []byte("-----BEGIN CERTIFICATE-----")):
		return errors.New("certificate-authority-data contains no PEM certificate")
	}
	return nil
}

func parseURL(field, value string) (*url.URL, error) {
	if value == "" {
		return nil, fmt.Errorf("%s is empty", field)
	}
	if !isVisible(value) {
		return nil, fmt.Errorf("%s %s contains characters other than visible ASCII", field, shown(value))
	}
	u, err := url.Parse(value)
	if err != nil { // not wrapped: it would repeat the value, including a password
		return nil, fmt.Errorf("%s %s is not a URL", field, shown(value))
	}
	return u, nil
}

// isVisible reports whether s is printable ASCII without spaces, which YAML preserves unchanged.
func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// shown quotes a URL without what could be a user name and password.
func shown(value string) string {
	if i := strings.LastIndexByte(value, '@'); i >= 0 {
		value = redacted + value[i:]
	}
	return fmt.Sprintf("%q", value)
}
