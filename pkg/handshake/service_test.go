package handshake_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
)

func TestParseService(t *testing.T) {
	for text, want := range map[string]string{
		"shop/cart:8080":    "outbound_.8080_._.cart.shop.svc.cluster.local",
		"a/b:1":             "outbound_.1_._.b.a.svc.cluster.local",
		"a/b:65535":         "outbound_.65535_._.b.a.svc.cluster.local",
		"shop/cart":         `parse service "shop/cart": it is not NAMESPACE/NAME:PORT`,
		"cart:8080":         `parse service "cart:8080": it is not NAMESPACE/NAME:PORT`,
		"":                  `parse service "": it is not NAMESPACE/NAME:PORT`,
		"shop/cart:http":    `parse service "shop/cart:http": "http" is not a port from 1 to 65535`,
		"shop/cart:0":       `parse service "shop/cart:0": "0" is not a port from 1 to 65535`,
		"shop/cart:65536":   `parse service "shop/cart:65536": "65536" is not a port from 1 to 65535`,
		"shop/cart:+80":     `parse service "shop/cart:+80": "+80" is not a port from 1 to 65535`,
		"shop/cart:080":     `parse service "shop/cart:080": "080" is not a port from 1 to 65535`,
		"shop/cart:80:90":   `parse service "shop/cart:80:90": "80:90" is not a port from 1 to 65535`,
		"/cart:80":          `parse service "/cart:80": "": a lowercase RFC 1123 label must consist of`,
		"shop/Cart:80":      `parse service "shop/Cart:80": "Cart": a lowercase RFC 1123 label must consist of`,
		"shop/cart.shop:80": `parse service "shop/cart.shop:80": "cart.shop": must not contain dots`,
	} {
		service, err := handshake.ParseService(text)
		got := service.ServerName()
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// FuzzParseService: what is accepted is written as it was read, and its server name is one that a TLS greeting can carry.
func FuzzParseService(f *testing.F) {
	for _, text := range []string{"sample/helloworld:5000", "a/b:1", "a/b:65536", "a//b:1", "a/b:1:2", "a/b", ":", "a/b:\u0661", strings.Repeat("a", 63) + "/b:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		service, err := handshake.ParseService(text)
		if err != nil {
			return
		}
		if service.String() != text {
			t.Errorf("%q is written as %q", text, service)
		}
		if name := service.ServerName(); len(name) > 255 || strings.ContainsAny(name, " \t\r\n/:") {
			t.Errorf("%q becomes the server name %q", text, name)
		}
	})
}
