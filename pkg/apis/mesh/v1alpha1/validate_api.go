package v1alpha1

import (
	"net/url"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateAPI validates what does not depend on the topology: the server is optional if no control plane reads the
// cluster.
func validateAPI(path *field.Path, api API) []Problem {
	errs := validateURL(path.Child("server"), api.Server, "https://10.0.0.2:6443", "https")
	errs = append(errs, validateURL(path.Child("proxyURL"), api.ProxyURL, "http://proxy.example.com:3128",
		"http", "https", "socks5")...)
	errs = append(errs, validateURL(path.Child("serviceAccountIssuer"), api.ServiceAccountIssuer,
		"https://issuer.example.com/east", "https")...)
	errs = append(errs, validateJWKS(path.Child("serviceAccountJWKS"), api.ServiceAccountJWKS)...)
	if api.CertificateAuthority != "" && len(api.CertificateAuthorityData) > 0 {
		errs = append(errs, forbidden(path.Child("certificateAuthorityData"),
			"certificateAuthority is also set", "keep one of the two"))
	}
	if api.TLSServerName != "" && !isHostInAnyCase(api.TLSServerName) {
		errs = append(errs, invalid(path.Child("tlsServerName"), api.TLSServerName,
			"must be an IP address or a host name", "omit scheme, port and path"))
	}
	return errs
}

// validateURL never repeats a URL with a password.
func validateURL(path *field.Path, value, example string, schemes ...string) []Problem {
	if value == "" {
		return nil
	}
	parsed, err := url.Parse(value)
	if err == nil && parsed.User != nil {
		return []Problem{forbidden(path, "must not contain a user name or password",
			"remove the part before the @: this file is committed")}
	}
	// A kubeconfig contains visible ASCII only. Braces are invalid in URLs (RFC 3986), and an ExternalSecret would
	// evaluate them.
	visible := !strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' || r == '{' || r == '}' })
	if err == nil && visible && isPlainURL(parsed, schemes) {
		return nil
	}
	scheme := schemes[0]
	if len(schemes) > 1 {
		scheme = "http, https or socks5"
	}
	return []Problem{invalid(path, shownURL(value), "must be an "+scheme+" URL with a host",
		"use a form such as "+example)}
}

// isPlainURL accepts hosts in any letter case, because EKS uses upper case.
func isPlainURL(u *url.URL, schemes []string) bool {
	known := false
	for _, scheme := range schemes {
		known = known || u.Scheme == scheme
	}
	port := u.Port()
	if number, err := strconv.Atoi(port); port != "" && (err != nil || number < 1 || number > 65535) {
		return false
	}
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	more := u.Opaque != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != ""
	return known && !more && isHostInAnyCase(u.Hostname())
}

// isHostInAnyCase accepts ASCII only, because a few other letters have an ASCII letter as lower case.
func isHostInAnyCase(host string) bool {
	return !strings.ContainsFunc(host, func(r rune) bool { return r > '~' }) && isHost(strings.ToLower(host))
}

// shownURL is what an error repeats of a URL: no query, and nothing that was pasted by mistake.
func shownURL(value string) string {
	if i := strings.IndexAny(value, "?#"); i >= 0 {
		value = value[:i+1] + "..."
	}
	unsafe := func(r rune) bool { return r == '@' || r == '%' || r <= ' ' || r > '~' }
	if len(value) > 80 || strings.ContainsFunc(value, unsafe) {
		return "[not shown]"
	}
	return value
}
