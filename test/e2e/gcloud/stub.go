// Package gcloud runs the rendered scripts with the real gcloud against a stub of Google's APIs on the loopback. The
// stub answers the minimum that gcloud needs.
package gcloud

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// object is a JSON object.
type object = map[string]any

// request is a request that changes something.
type request struct {
	Method, Path string
	Body         object
}

// stub is Google's Compute and Container APIs, for one test.
type stub struct {
	server *httptest.Server

	mu        sync.Mutex
	firewalls map[string]map[string]object // by project and name
	clusters  map[string]object            // by path below /v1/
	changes   []request
	hub       map[string]object // memberships and features, by path below /v1/
	made      string            // the last of them
	refused   map[string]bool   // "METHOD path" that are answered with 403
	strange   []string
}

// newStub fails the test on an unknown request.
func newStub(t *testing.T) *stub {
	s := &stub{firewalls: map[string]map[string]object{}, clusters: map[string]object{}, hub: map[string]object{}, refused: map[string]bool{}}
	mux := http.NewServeMux()
	const firewalls = "/compute/v1/projects/{project}/global/firewalls"
	const cluster = "/v1/projects/{project}/locations/{location}/clusters/{cluster}"
	for pattern, handle := range map[string]func(*http.Request, object) (int, object){
		"GET " + firewalls:                s.listFirewalls,
		"POST " + firewalls:               s.insertFirewall,
		"GET " + firewalls + "/{name}":    s.getFirewall,
		"PATCH " + firewalls + "/{name}":  s.patchFirewall,
		"DELETE " + firewalls + "/{name}": s.deleteFirewall,
		"GET " + cluster:                  s.getCluster,
		"PUT " + cluster:                  s.updateCluster,
		"GET /v1/projects/{project}/locations/{location}/operations/{operation}": done,
		"POST " + cluster: s.labelCluster,
		"/":               s.unexpected,
	} {
		mux.HandleFunc(pattern, s.answer(handle))
	}
	s.handleHub(mux)
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	t.Cleanup(func() {
		for _, text := range s.strange {
			t.Errorf("unexpected request: %s", text)
		}
	})
	return s
}

// environment directs gcloud to the stub only: other requests go to a proxy that does not exist.
func (s *stub) environment(home, path string) []string {
	env := []string{
		"PATH=" + path, "HOME=" + home, "CLOUDSDK_CONFIG=" + home + "/gcloud",
		"CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true",
		"CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK=true", "CLOUDSDK_CORE_CHECK_GCE_METADATA=false",
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE=" + s.server.URL + "/compute/v1/",
	}
	for _, api := range []string{
		"ANTHOSEVENTS", "CLOUDRESOURCEMANAGER", "CONTAINER", "EDGECONTAINER", "GKEBACKUP", "GKEHUB", "GKEMULTICLOUD",
		"GKEONPREM", "IAM", "LOGGING", "MESHCONFIG", "MONITORING", "NETWORKSECURITY", "NETWORKSERVICES", "OSLOGIN",
		"PRIVATECA", "SERVICEMANAGEMENT", "SERVICENETWORKING", "SERVICEUSAGE", "STORAGE",
	} {
		env = append(env, "CLOUDSDK_API_ENDPOINT_OVERRIDES_"+api+"="+s.server.URL+"/")
	}
	const nowhere = "http://127.0.0.1:9" // discard
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		env = append(env, name+"="+nowhere)
	}
	return append(env, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
}

// answer decodes a request, records changes, and encodes the response.
func (s *stub) answer(handle func(*http.Request, object) (int, object)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		var body object
		text, err := io.ReadAll(r.Body)
		if err == nil && len(text) > 0 {
			err = json.Unmarshal(text, &body)
		}
		code, answer := http.StatusBadRequest, object{"error": object{"code": http.StatusBadRequest, "message": fmt.Sprint(err)}}
		switch {
		case err != nil:
		case s.refused[r.Method+" "+r.URL.Path]:
			code, answer = refusal(http.StatusForbidden, "the stub refuses this", "forbidden")
		default:
			if r.Method != http.MethodGet {
				s.changes = append(s.changes, request{r.Method, r.URL.Path, clone(body)})
			}
			code, answer = handle(r, body)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(answer) // gcloud complains of half an answer
	}
}

func refusal(code int, message, reason string) (int, object) {
	return code, object{"error": object{"code": code, "message": message, "errors": []object{{"reason": reason, "message": message}}}}
}

func (s *stub) unexpected(r *http.Request, _ object) (int, object) {
	s.strange = append(s.strange, r.Method+" "+r.URL.String())
	return refusal(http.StatusInternalServerError, "unexpected request", "internal")
}

// changed returns the changes since the last call.
func (s *stub) changed() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes := s.changes
	s.changes = nil
	return changes
}

// refuse answers such requests with 403.
func (s *stub) refuse(method, path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[method+" "+path] = true
}

// addFirewall adds a rule in project acme.
func (s *stub) addFirewall(rule object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const project = "acme"
	if s.firewalls[project] == nil {
		s.firewalls[project] = map[string]object{}
	}
	name := rule["name"].(string) //nolint:forcetypeassert // of the test
	rule["selfLink"] = s.link(project, "firewalls", name)
	s.firewalls[project][name] = rule
}

// addCluster adds a cluster.
func (s *stub) addCluster(project, location, name string, more object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cluster := object{"name": name, "location": location, "zone": location, "currentMasterVersion": "1.33.1", "currentNodeVersion": "1.33.1"}
	maps.Copy(cluster, more)
	s.clusters["projects/"+project+"/locations/"+location+"/clusters/"+name] = cluster
}

func (s *stub) link(project, kind, name string) string {
	return s.server.URL + "/compute/v1/projects/" + project + "/global/" + kind + "/" + name
}

func (s *stub) listFirewalls(r *http.Request, _ object) (int, object) {
	if r.URL.Query().Has("filter") { // a server's filters match more than they say
		return s.unexpected(r, nil)
	}
	rules := s.firewalls[r.PathValue("project")]
	items := []object{}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		items = append(items, rules[name])
	}
	return http.StatusOK, object{"items": items}
}

func (s *stub) getFirewall(r *http.Request, _ object) (int, object) {
	rule, ok := s.firewalls[r.PathValue("project")][r.PathValue("name")]
	if !ok {
		return refusal(http.StatusNotFound, "no such rule", "notFound")
	}
	return http.StatusOK, rule
}

func (s *stub) insertFirewall(r *http.Request, body object) (int, object) {
	project, name := r.PathValue("project"), fmt.Sprint(body["name"])
	if _, ok := s.firewalls[project][name]; ok {
		return refusal(http.StatusConflict, "there is one already", "alreadyExists")
	}
	if s.firewalls[project] == nil {
		s.firewalls[project] = map[string]object{}
	}
	body["selfLink"] = s.link(project, "firewalls", name)
	s.firewalls[project][name] = body
	return s.operation(project, name, "insert")
}

func (s *stub) patchFirewall(r *http.Request, body object) (int, object) {
	project, name := r.PathValue("project"), r.PathValue("name")
	maps.Copy(s.firewalls[project][name], body)
	return s.operation(project, name, "patch")
}

func (s *stub) deleteFirewall(r *http.Request, _ object) (int, object) {
	project, name := r.PathValue("project"), r.PathValue("name")
	if _, ok := s.firewalls[project][name]; !ok {
		return refusal(http.StatusNotFound, "no such rule", "notFound")
	}
	delete(s.firewalls[project], name)
	return s.operation(project, name, "delete")
}

func (s *stub) operation(project, name, kind string) (int, object) {
	return http.StatusOK, object{"name": "op1", "status": "DONE", "operationType": kind,
		"selfLink": s.link(project, "operations", "op1"), "targetLink": s.link(project, "firewalls", name)}
}

func (s *stub) getCluster(r *http.Request, _ object) (int, object) {
	cluster, ok := s.clusters[r.URL.Path[len("/v1/"):]]
	if !ok {
		return refusal(http.StatusNotFound, "no such cluster", "notFound")
	}
	return http.StatusOK, cluster
}

// updateCluster applies a desired configuration of endpoints.
func (s *stub) updateCluster(r *http.Request, body object) (int, object) {
	cluster, ok := s.clusters[r.URL.Path[len("/v1/"):]]
	update, _ := body["update"].(object)
	changed := false
	for wanted, field := range map[string]string{
		"desiredControlPlaneEndpointsConfig": "controlPlaneEndpointsConfig", "desiredWorkloadIdentityConfig": "workloadIdentityConfig",
	} {
		if desired, there := update[wanted].(object); ok && there {
			before, _ := cluster[field].(object)
			cluster[field], changed = merged(before, desired), true
		}
	}
	if !changed {
		return s.unexpected(r, nil)
	}
	return done(r, nil)
}

func done(r *http.Request, _ object) (int, object) {
	return http.StatusOK, object{"name": "op1", "status": "DONE", "zone": r.PathValue("location")}
}

// merged is before with the fields of after; lists are replaced.
func merged(before, after object) object {
	all := maps.Clone(before)
	if all == nil {
		all = object{}
	}
	for key, value := range after {
		if inner, ok := value.(object); ok {
			old, _ := all[key].(object)
			value = merged(old, inner)
		}
		all[key] = value
	}
	return all
}

func clone(body object) object {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // it was JSON
	}
	var copied object
	if err := json.Unmarshal(text, &copied); err != nil {
		panic(err)
	}
	return copied
}

// networkLink formats a network like gcloud.
func networkLink(s *stub, project, name string) string {
	link, err := url.JoinPath(s.server.URL, "compute/v1/projects", project, "global/networks", name)
	if err != nil {
		panic(err) // of the test
	}
	return link
}
