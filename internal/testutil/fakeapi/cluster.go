package fakeapi

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// Put stores a YAML object. No manager owns its fields.
func (s *Server) Put(text string) {
	s.t.Helper()
	object, request := s.parse(text)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.objects.keep(request, object)
}

// Apply applies a YAML object with another field manager, which forces conflicts.
func (s *Server) Apply(manager, text string) {
	s.t.Helper()
	s.change(text, Request{manager: manager, patch: types.ApplyPatchType, Force: true})
}

// Create stores a YAML object like kubectl create, or kubectl apply without --server-side.
func (s *Server) Create(manager, text string) {
	s.t.Helper()
	object, request := s.parse(text)
	object, err := created(object, manager)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.objects.keep(request, object)
}

// Update merges YAML into an existing object like kubectl edit.
func (s *Server) Update(manager, text string) {
	s.t.Helper()
	s.change(text, Request{manager: manager, patch: types.MergePatchType})
}

func (s *Server) change(text string, how Request) {
	s.t.Helper()
	object, request := s.parse(text)
	how.Verb, how.Group, how.Resource = "apply", request.Group, request.Resource
	how.Namespace, how.Name = request.Namespace, request.Name
	body, err := object.MarshalJSON()
	if err != nil {
		s.t.Fatal(err)
	}
	how.Body = body
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err, failed := s.objects.do(how).(error); failed {
		s.t.Fatal(err)
	}
}

// parse returns a YAML object and its key in the store.
func (s *Server) parse(text string) (*unstructured.Unstructured, Request) {
	s.t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
		s.t.Fatal(err)
	}
	for _, kind := range kinds() {
		if kind.name == object.GetKind() && kind.apiVersion() == object.GetAPIVersion() {
			return object, Request{
				Group:     kind.group,
				Resource:  kind.resource,
				Namespace: object.GetNamespace(),
				Name:      object.GetName(),
			}
		}
	}
	s.t.Fatalf("no kind %s of %s", object.GetKind(), object.GetAPIVersion())
	return nil, Request{}
}

// Remove deletes an object, as another user would: Get says how it is named.
func (s *Server) Remove(resource, name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for key := range s.objects.live {
		if isNamed(key, resource, name) {
			delete(s.objects.live, key)
		}
	}
}

// isNamed reports whether a key of the store is an object's.
func isNamed(key, resource, name string) bool {
	_, path, _ := strings.Cut(key, "/")
	return strings.Replace(path, "//", "/", 1) == resource+"/"+name
}

// Get returns a copy of an object; nil if it does not exist: "secrets", "istio-system/cacerts".
func (s *Server) Get(resource, name string) *unstructured.Unstructured {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for key, object := range s.objects.live {
		if isNamed(key, resource, name) {
			return object.DeepCopy()
		}
	}
	return nil
}

// Labelled returns the objects with a label, as "Secret istio-system/cacerts", sorted.
func (s *Server) Labelled(key, value string) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var names []string
	for _, object := range s.objects.live {
		if object.GetLabels()[key] == value {
			names = append(names, object.GetKind()+" "+strings.TrimPrefix(object.GetNamespace()+"/"+object.GetName(), "/"))
		}
	}
	slices.Sort(names)
	return names
}

// handle answers a user's request.
func (s *Server) handle(r Request, user string) any {
	switch r.Resource {
	case "version":
		return map[string]string{"gitVersion": "v1.36.3"}
	case "selfsubjectreviews":
		return authenticationv1.SelfSubjectReview{
			TypeMeta: metav1.TypeMeta{APIVersion: "authentication.k8s.io/v1", Kind: "SelfSubjectReview"},
			Status:   authenticationv1.SelfSubjectReviewStatus{UserInfo: authenticationv1.UserInfo{Username: user}},
		}
	case "selfsubjectaccessreviews":
		return authorizationv1.SelfSubjectAccessReview{
			TypeMeta: metav1.TypeMeta{APIVersion: "authorization.k8s.io/v1", Kind: "SelfSubjectAccessReview"},
			Status:   authorizationv1.SubjectAccessReviewStatus{Allowed: true},
		}
	}
	if there := s.objects.live[r.key()]; there != nil && r.Resource == "secrets" && r.Verb == "delete" {
		delete(s.users, tokenOf(there)) // bound to its Secret
	}
	answer := s.objects.do(r)
	if object, ok := answer.(*unstructured.Unstructured); ok && r.Resource == "secrets" && !r.DryRun {
		s.fillToken(r, object)
	}
	return answer
}

// fillToken acts as the token controller, once a Secret has been read often enough.
func (s *Server) fillToken(r Request, secret *unstructured.Unstructured) {
	account := secret.GetAnnotations()[corev1.ServiceAccountNameKey]
	if account == "" || tokenOf(secret) != "" {
		return
	}
	if s.reads[r.key()]++; s.reads[r.key()] <= s.SlowTokens {
		return
	}
	user := "system:serviceaccount:" + r.Namespace + ":" + account
	token := JWT(map[string]any{
		"iss": "kubernetes/serviceaccount",
		"sub": user,
		"kubernetes.io/serviceaccount/secret.name": r.Name,
	})
	s.users[token] = user
	data := map[string]any{"token": base64.StdEncoding.EncodeToString([]byte(token))}
	secret.Object["data"] = data
}

// tokenOf returns the token in a Secret; empty if there is none.
func tokenOf(secret *unstructured.Unstructured) string {
	text, _, _ := unstructured.NestedString(secret.Object, "data", "token")
	token, _ := base64.StdEncoding.DecodeString(text)
	return string(token)
}

// JWT returns an unsigned token with these claims.
func JWT(claims map[string]any) string {
	encode := func(value any) string {
		text, _ := json.Marshal(value) // of plain values
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return encode(map[string]string{"alg": "none"}) + "." + encode(claims) + ".c2ln"
}
