package live

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// RedirectError reports an API server that redirects to another one. The other's responses prove nothing about the
// first, and a token is only for the server in the kubeconfig.
type RedirectError struct{ To string }

func (e *RedirectError) Error() string {
	return fmt.Sprintf("the server redirects to another one: %s", e.To)
}

// sameServer does not follow redirects to another server. By default net/http follows them with the whole request, and
// for the same host name with the token.
type sameServer struct{ next http.RoundTripper }

func (s sameServer) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := s.next.RoundTrip(request)
	if err != nil || !isRedirect(response.StatusCode) {
		return response, err
	}
	to, err := response.Location()
	if err != nil || origin(to) == origin(request.URL) {
		return response, nil //nolint:nilerr // net/http reports it
	}
	_ = response.Body.Close()
	return nil, &RedirectError{To: origin(to)}
}

// isRedirect recognizes the status codes that net/http follows (client.go, redirectBehavior).
func isRedirect(code int) bool {
	return slices.Contains([]int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, code)
}

// origin returns scheme, host and port.
func origin(address *url.URL) string { return address.Scheme + "://" + address.Host }
