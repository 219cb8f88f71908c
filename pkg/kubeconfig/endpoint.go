package kubeconfig

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// The checks of this file hold for remote kubeconfigs and for contexts alike. Their errors
// name the field and its value, without what may be a password.

// checkServer wants an https URL with a host; a path is allowed, as client-go allows it.
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

// checkProxy wants none, or a URL of the schemes that client-go knows
// (tools/clientcmd/validation.go parseProxyURL).
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

// checkCA wants none, or PEM that client-go finds a certificate in. It guards against the
// wrong file, above all against a key that would be published; it does not verify.
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
	if err != nil { // dropped: it repeats the value, password and all
		return nil, fmt.Errorf("%s %s is not a URL", field, shown(value))
	}
	return u, nil
}

// isVisible tells whether s has printable ASCII only, and no space: what comes out of YAML as
// it went in.
func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// shown quotes a URL, or what was meant as one, without what may be a user name and password.
func shown(value string) string {
	if i := strings.LastIndexByte(value, '@'); i >= 0 {
		value = redacted + value[i:]
	}
	return fmt.Sprintf("%q", value)
}
