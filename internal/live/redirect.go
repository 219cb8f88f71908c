package live

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// RedirectError says that an API server sends its callers to another one. What that one says proves nothing
// of the first, and a token is for the server that the kubeconfig names.
type RedirectError struct{ To string }

func (e *RedirectError) Error() string {
	return fmt.Sprintf("the server redirects to another one: %s", e.To)
}

// sameServer does not follow a redirect to another server. By itself net/http follows it with all that a
// request holds, and with the token too where the name of the host is the same.
type sameServer struct{ next http.RoundTripper }

func (s sameServer) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := s.next.RoundTrip(request)
	if err != nil || !isRedirect(response.StatusCode) {
		return response, err
	}
	to, err := response.Location()
	if err != nil || origin(to) == origin(request.URL) {
		return response, nil //nolint:nilerr // net/http says what is wrong with it
	}
	_ = response.Body.Close()
	return nil, &RedirectError{To: origin(to)}
}

// isRedirect tells the codes that net/http follows (client.go, redirectBehavior).
func isRedirect(code int) bool {
	return slices.Contains([]int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, code)
}

// origin is scheme, host and port.
func origin(address *url.URL) string { return address.Scheme + "://" + address.Host }
