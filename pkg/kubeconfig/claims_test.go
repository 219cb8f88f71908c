package kubeconfig_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

func jwt(header, payload string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode([]byte(payload)) + ".c2lnbmF0dXJl"
}

func TestTokenClaims(t *testing.T) {
	tests := []struct {
		name, payload string
		want          kubeconfig.Claims
	}{
		{"legacy service-account token",
			`{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:istio-system:istio-reader-service-account","kubernetes.io/serviceaccount/namespace":"istio-system"}`,
			kubeconfig.Claims{Issuer: "kubernetes/serviceaccount", Subject: "system:serviceaccount:istio-system:istio-reader-service-account"}},
		{"bound token",
			`{"aud":["https://a","b"],"exp":1790000000,"iat":1780000000,"iss":"https://i","sub":"system:serviceaccount:ns:n","kubernetes.io":{"namespace":"ns"}}`,
			kubeconfig.Claims{Issuer: "https://i", Subject: "system:serviceaccount:ns:n", Audience: []string{"https://a", "b"},
				IssuedAt: time.Unix(1780000000, 0).UTC(), Expiry: time.Unix(1790000000, 0).UTC()}},
		{"token of a Secret", `{"kubernetes.io/serviceaccount/secret.name":"reader-token-2"}`, kubeconfig.Claims{Secret: "reader-token-2"}},
		{"token bound to a Secret", `{"kubernetes.io":{"namespace":"ns","secret":{"name":"reader-token-3","uid":"1"}}}`, kubeconfig.Claims{Secret: "reader-token-3"}},
		{"others write other things there", `{"iss":"i","kubernetes.io":["a"],"kubernetes.io/serviceaccount/secret.name":1}`, kubeconfig.Claims{Issuer: "i"}},
		{"one audience", `{"aud":"a"}`, kubeconfig.Claims{Audience: []string{"a"}}},
		{"fraction of a second", `{"exp":1790000000.9}`, kubeconfig.Claims{Expiry: time.Unix(1790000000, 0).UTC()}},
		{"expired from the beginning", `{"exp":0}`, kubeconfig.Claims{Expiry: time.Unix(0, 0).UTC()}},
		{"null is absent", `{"iss":null,"aud":null,"exp":null}`, kubeconfig.Claims{}},
		{"names have a case below, too", `{"kubernetes.io":{"Secret":{"name":"a"},"secret":{"Name":"b"}}}`, kubeconfig.Claims{}},
		{"names have a case", `{"EXP":1,"Iss":"i"}`, kubeconfig.Claims{}},
		{"nothing", `{}`, kubeconfig.Claims{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := token(t, jwt(`{"alg":"RS256"}`, tt.payload)).Claims()
			if diff := cmp.Diff(tt.want, got); !ok || diff != "" {
				t.Errorf("ok %t\n%s", ok, diff)
			}
		})
	}
}

func TestTokenWithoutClaims(t *testing.T) {
	deep := strings.Repeat("[", 20000)
	tests := map[string]string{
		"opaque":                   "s3cret",
		"two parts":                "e30.e30",
		"four parts":               "e30.e30.e30.e30",
		"padded base64":            "e30=.e30=.c2ln",
		"header is not an object":  jwt(`[]`, `{}`),
		"payload is no JSON":       jwt(`{}`, `x`),
		"payload is null":          jwt(`{}`, `null`),
		"payload has a name twice": jwt(`{}`, `{"sub":"a","sub":"b"}`),
		"header has a name twice":  jwt(`{"kid":"a","k\u0069d":"b"}`, `{}`),
		"payload is no UTF-8":      jwt(`{}`, "{\"sub\":\"\xff\"}"),
		"payload is a list":        jwt(`{}`, `[]`),
		"payload and more":         jwt(`{}`, `{} {}`),
		"payload is a deep list":   jwt(`{}`, `{"aud":`+deep+`}`),
		"issuer is a number":       jwt(`{}`, `{"iss":1}`),
		"audience is an object":    jwt(`{}`, `{"aud":{}}`),
		"audience has a number":    jwt(`{}`, `{"aud":["a",1]}`),
		"expiry is a string":       jwt(`{}`, `{"exp":"1790000000"}`),
		"expiry is infinite":       jwt(`{}`, `{"exp":1e400}`),
		"expiry in year 10000":     jwt(`{}`, `{"exp":253402300800}`),
		"expiry before 1970":       jwt(`{}`, `{"exp":-1}`),
	}
	for name, value := range tests {
		t.Run(name, func(t *testing.T) {
			if c, ok := token(t, value).Claims(); ok {
				t.Errorf("got %+v", c)
			}
		})
	}
	if _, ok := (kubeconfig.Token{}).Claims(); ok {
		t.Error("the zero token has claims")
	}
}
