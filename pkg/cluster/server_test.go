package cluster

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// server is an API server that has an answer for some requests, by method and URL, and knows nothing
// else. It keeps what it was asked.
type server struct {
	answers map[string]any

	asking sync.Mutex
	asked  []string
}

func serve(t *testing.T, answers map[string]any) (*server, *rest.Config) {
	t.Helper()
	s := &server{answers: answers}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(s.answer(t, w, r)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(web.Close)
	return s, &rest.Config{Host: web.URL, QPS: -1}
}

func (s *server) answer(t *testing.T, w http.ResponseWriter, r *http.Request) any {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	at := r.Method + " " + r.URL.String()
	s.asking.Lock()
	defer s.asking.Unlock()
	s.asked = append(s.asked, strings.TrimSpace(at+" "+string(body)))
	if answer, ok := s.answers[at]; ok {
		return answer
	}
	status := apierrors.NewNotFound(schema.GroupResource{Resource: "things"}, r.URL.Path).ErrStatus
	status.Kind, status.APIVersion = "Status", "v1"
	w.WriteHeader(http.StatusNotFound)
	return status
}
