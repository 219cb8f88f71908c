package apply

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		answer := s.answer(r.Method+" "+r.URL.String(), string(body))
		w.Header().Set("Content-Type", "application/json")
		if status, ok := answer.(metav1.Status); ok {
			w.WriteHeader(int(status.Code))
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(web.Close)
	return s, &rest.Config{Host: web.URL, QPS: -1}
}

func (s *server) answer(request, body string) any {
	s.asking.Lock()
	defer s.asking.Unlock()
	s.asked = append(s.asked, strings.TrimSpace(request+" "+body))
	if answer, ok := s.answers[request]; ok {
		return answer
	}
	return refusal(http.StatusNotFound, metav1.StatusReasonNotFound)
}

func refusal(code int32, reason metav1.StatusReason) metav1.Status {
	return metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure,
		Message: fmt.Sprintf("the server says %s", reason), Reason: reason, Code: code}
}
