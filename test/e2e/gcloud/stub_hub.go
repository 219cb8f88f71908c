package gcloud

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// fleetNumber is the number of every project of the stub.
const fleetNumber = "123456789012"

// handleHub answers like the fleet API, and the other APIs that gcloud calls.
func (s *stub) handleHub(mux *http.ServeMux) {
	const parent = "/projects/{project}/locations/{location}/"
	for pattern, handle := range map[string]func(*http.Request, object) (int, object){
		"GET /v1/projects/{project}":                                      s.getProject,
		"GET /v1/projects/{project}/services/{service}":                   enabled,
		"POST /v1" + parent + "memberships":                               s.createMembership,
		"GET /v1" + parent + "memberships/{name}":                         s.getHub,
		"GET /v1" + parent + "features":                                   s.listFeatures,
		"POST /v1" + parent + "features":                                  s.createFeature,
		"GET /v1" + parent + "features/{name}":                            s.getHub,
		"GET /v2" + parent + "memberships/{membership}/features/{name}":   s.getMembershipFeature,
		"PATCH /v2" + parent + "memberships/{membership}/features/{name}": s.patchMembershipFeature,
		"GET /v2" + parent + "operations/fleet1":                          s.finished,
		"GET /v1" + parent + "operations/fleet1":                          s.finished,
		"GET /v1/projects/{project}/locations/-/clusters":                 listNone,
	} {
		mux.HandleFunc(pattern, s.answer(handle))
	}
}

func (s *stub) getProject(r *http.Request, _ object) (int, object) {
	return http.StatusOK, object{"projectId": r.PathValue("project"), "projectNumber": fleetNumber, "lifecycleState": "ACTIVE"}
}

func enabled(r *http.Request, _ object) (int, object) {
	return http.StatusOK, object{"name": r.URL.Path[len("/v1/"):], "state": "ENABLED"}
}

func (s *stub) getHub(r *http.Request, _ object) (int, object) {
	found, ok := s.hub[r.URL.Path[len("/v1/"):]]
	if !ok {
		return refusal(http.StatusNotFound, "no such resource", "notFound")
	}
	return http.StatusOK, found
}

// createMembership adds the fleet to the cluster, like Google.
func (s *stub) createMembership(r *http.Request, body object) (int, object) {
	name := r.URL.Path[len("/v1/"):] + "/" + r.URL.Query().Get("membershipId")
	if _, there := s.hub[name]; there {
		return refusal(http.StatusConflict, "there is one already", "alreadyExists")
	}
	body["name"] = name
	s.hub[name], s.made = body, name
	for path, cluster := range s.clusters {
		if strings.HasSuffix(fmt.Sprint(body["endpoint"]), "/"+path+"]]") {
			cluster["fleet"] = object{"project": fleetNumber, "membership": "//gkehub.googleapis.com/" + name}
		}
	}
	return s.operationOf(r)
}

func (s *stub) listFeatures(r *http.Request, _ object) (int, object) {
	features := []object{}
	for name, feature := range s.hub {
		if strings.HasPrefix(name, "projects/"+r.PathValue("project")+"/locations/global/features/") {
			features = append(features, feature)
		}
	}
	return http.StatusOK, object{"resources": features}
}

func (s *stub) createFeature(r *http.Request, body object) (int, object) {
	name := r.URL.Path[len("/v1/"):] + "/" + r.URL.Query().Get("featureId")
	feature := object{"name": name}
	maps.Copy(feature, body)
	s.hub[name], s.made = feature, name
	return s.operationOf(r)
}

func (s *stub) getMembershipFeature(r *http.Request, _ object) (int, object) {
	return http.StatusOK, object{"name": r.URL.Path[len("/v2/"):], "spec": object{"servicemesh": object{}}}
}

// patchMembershipFeature: what is written of a membership is read at the feature of the fleet.
func (s *stub) patchMembershipFeature(r *http.Request, body object) (int, object) {
	feature := s.hub["projects/"+r.PathValue("project")+"/locations/global/features/servicemesh"]
	spec, _ := body["spec"].(object)
	mesh, _ := spec["servicemesh"].(object)
	member := "projects/" + fleetNumber + "/locations/" + r.PathValue("location") + "/memberships/" + r.PathValue("membership")
	specs, _ := feature["membershipSpecs"].(object)
	feature["membershipSpecs"] = merged(specs, object{member: object{"mesh": mesh}})
	s.made = r.URL.Path[len("/v2/"):]
	return s.operationOf(r)
}

// operationOf returns a completed operation with its result.
func (s *stub) operationOf(r *http.Request) (int, object) {
	return http.StatusOK, object{
		"name":     "projects/" + r.PathValue("project") + "/locations/" + r.PathValue("location") + "/operations/fleet1",
		"done":     true,
		"response": object{"name": s.made},
		"metadata": object{"@type": "type.googleapis.com/google.cloud.gkehub.v1.OperationMetadata"},
	}
}

func (s *stub) finished(r *http.Request, _ object) (int, object) { return s.operationOf(r) }

// labelCluster replaces all labels.
func (s *stub) labelCluster(r *http.Request, body object) (int, object) {
	path, ok := strings.CutSuffix(r.URL.Path[len("/v1/"):], ":setResourceLabels")
	cluster, there := s.clusters[path]
	if !ok || !there {
		return s.unexpected(r, nil)
	}
	cluster["resourceLabels"] = body["resourceLabels"]
	return done(r, nil)
}

// listNone: gcloud looks for a missing cluster at other locations.
func listNone(*http.Request, object) (int, object) {
	return http.StatusOK, object{"clusters": []object{}}
}
