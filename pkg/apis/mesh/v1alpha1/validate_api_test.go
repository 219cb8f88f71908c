package v1alpha1_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestValidateServer(t *testing.T) {
	const at = "spec.clusters[0].api.server: Invalid value: "
	const url = ": must be an https URL with a host\nhint: use a form such as https://10.0.0.2:6443"
	const hidden = `spec.clusters[0].api.server: Invalid value: "[not shown]"` + url
	const user = "spec.clusters[0].api.server: Forbidden: must not contain a user name or password\n" +
		"hint: remove the part before the @: this file is committed"
	checkValues(t, func(c *v1alpha1.Cluster, server string) { c.API.Server = server }, map[string]string{
		"":                          "",
		"https://10.0.0.2":          "",
		"https://10.0.0.2:6443":     "",
		"https://10.0.0.2:1":        "",
		"https://10.0.0.2:65535":    "",
		"https://[2001:db8::1]:443": "",
		"https://east.example.com/": "",
		"https://east.example.com/k8s/clusters/c-m-1":                                  "",
		"https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com":     "",
		"https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com:443": "",
		"HTTPS://east.example.com":                                                     "",

		"http://10.0.0.2":              at + `"http://10.0.0.2"` + url,
		"10.0.0.2:6443":                at + `"10.0.0.2:6443"` + url,
		"east.example.com":             at + `"east.example.com"` + url,
		"https://":                     at + `"https://"` + url,
		"https:///k8s":                 at + `"https:///k8s"` + url,
		"https://:6443":                at + `"https://:6443"` + url,
		"https:east.example.com":       at + `"https:east.example.com"` + url,
		"https://10.0.0.2:0":           at + `"https://10.0.0.2:0"` + url,
		"https://10.0.0.2:70000":       at + `"https://10.0.0.2:70000"` + url,
		"https://10.0.0.2:https":       at + `"https://10.0.0.2:https"` + url,
		"https://10.0.0.2:":            at + `"https://10.0.0.2:"` + url,
		"https://10.0.0.2/{{.token}}":  at + `"https://10.0.0.2/{{.token}}"` + url,
		"https://10.0.0":               at + `"https://10.0.0"` + url,
		"https://10.0.0.256":           at + `"https://10.0.0.256"` + url,
		"https://2001:db8::1":          at + `"https://2001:db8::1"` + url,
		"https://east.example.com.":    at + `"https://east.example.com."` + url,
		"https://east_1.example.com":   at + `"https://east_1.example.com"` + url,
		"https://*.example.com":        at + `"https://*.example.com"` + url,
		"https://10.0.0.2?token=abc":   at + `"https://10.0.0.2?..."` + url,
		"https://10.0.0.2?":            at + `"https://10.0.0.2?..."` + url,
		"https://10.0.0.2#abc":         at + `"https://10.0.0.2#..."` + url,
		"https://[fe80::1%25eth0]":     hidden,
		"https://10.0.0.2\n":           hidden,
		"https://10.0.0.2 ":            hidden,
		" https://10.0.0.2":            hidden,
		"https://öst.example.com":      hidden,
		"https://\u212ast.example.com": hidden,
		"http://" + long(74):           hidden,
		"http://" + long(73):           at + `"http://` + long(73) + `"` + url,
		"http://east~1":                at + `"http://east~1"` + url,
		"?token=abc":                   at + `"?..."` + url,
		"https://admin@10.0.0.2":       user,
		"https://a:hunter2@10.0.0.2":   user,
		"http://a:hunter2@10.0.0.2":    user,
		"https://a:hun%zz2@10.0.0.2":   hidden,
		"https://a:hun ter2@10.0.0.2":  hidden,
		"https://a:hunter2%40east":     hidden,
		"a:hunter2@10.0.0.2":           hidden,
	})
}

func long(length int) string { return strings.Repeat("x", length) }

func TestValidateProxyURL(t *testing.T) {
	const at = "spec.clusters[0].api.proxyURL: "
	const url = ": must be an http, https or socks5 URL with a host\nhint: use a form such as http://proxy.example.com:3128"
	checkValues(t, func(c *v1alpha1.Cluster, proxy string) { c.API.ProxyURL = proxy }, map[string]string{
		"http://proxy.example.com:3128":   "",
		"https://proxy.example.com":       "",
		"socks5://10.0.0.9:1080":          "",
		"socks5h://10.0.0.9:1080":         at + `Invalid value: "socks5h://10.0.0.9:1080"` + url,
		"ftp://proxy.example.com":         at + `Invalid value: "ftp://proxy.example.com"` + url,
		"proxy.example.com:3128":          at + `Invalid value: "proxy.example.com:3128"` + url,
		"http://a:hunter2@p.example.com/": at + "Forbidden: must not contain a user name or password\nhint: remove the part before the @: this file is committed",
	})
}

func TestValidateServiceAccountIssuer(t *testing.T) {
	const url = ": must be an https URL with a host\nhint: use a form such as https://issuer.example.com/east"
	const at = "spec.clusters[0].api.serviceAccountIssuer: Invalid value: "
	checkValues(t, func(c *v1alpha1.Cluster, issuer string) { c.API.ServiceAccountIssuer = issuer }, map[string]string{
		"https://container.googleapis.com/v1/projects/acme/locations/us-east1/clusters/east": "",
		"https://kubernetes.default.svc.cluster.local":                                       "",
		"kubernetes/serviceaccount":                                                          at + `"kubernetes/serviceaccount"` + url,
		"https://issuer.example.com?a=b":                                                     at + `"https://issuer.example.com?..."` + url,
	})
}

func TestValidateTLSServerName(t *testing.T) {
	const want = ": must be an IP address or a host name\nhint: omit scheme, port and path"
	const at = "spec.clusters[0].api.tlsServerName: Invalid value: "
	checkValues(t, func(c *v1alpha1.Cluster, name string) { c.API.TLSServerName = name }, map[string]string{
		"kubernetes.default": "",
		"10.0.0.2":           "",
		"2001:db8::1":        "",
		"0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com": "",
		"https://east.example.com": at + `"https://east.example.com"` + want,
		"east.example.com:443":     at + `"east.example.com:443"` + want,
		"*.example.com":            at + `"*.example.com"` + want,
		"\u212ast.example.com":     at + `"Kst.example.com"` + want,
		"east\n":                   at + `"east\n"` + want,
	})
}

func TestValidateCertificateAuthority(t *testing.T) {
	authority := func(path string, data []byte) edit {
		return east(func(c *v1alpha1.Cluster) {
			c.API.CertificateAuthority, c.API.CertificateAuthorityData = path, data
		})
	}
	checkAll(t, map[string]wrong{
		"path": {edit: authority("clusters/east-api.crt", nil)},
		"data": {edit: authority("", []byte("PEM"))},
		"both": {authority("clusters/east-api.crt", []byte("PEM")), []string{
			"spec.clusters[0].api.certificateAuthorityData: Forbidden: certificateAuthority is also set\nhint: keep one of the two",
		}},
	})
}
