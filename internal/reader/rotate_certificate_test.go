package reader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	certificatesv1 "k8s.io/api/certificates/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// shownUser is the user whose certificate the remote secret of east holds.
func (h *fixture) shownUser() string {
	h.t.Helper()
	secret := h.East.Get("secrets", "istio-system/istio-remote-secret-west")
	if secret == nil {
		return ""
	}
	config, err := clientcmd.Load([]byte(data(secret, "west")))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, user := range config.AuthInfos {
		certificate, err := kubeconfig.ParseClientCertificate(user.ClientCertificateData, user.ClientKeyData)
		if err != nil {
			h.t.Fatal(err)
		}
		return certificate.User()
	}
	return ""
}

// bound are the users whom west binds to the permissions of readers.
func (h *fixture) bound() []string {
	h.t.Helper()
	binding := h.West.Get("clusterrolebindings", "mesh-reader-east")
	if binding == nil {
		return nil
	}
	var users []string
	subjects, _ := binding.Object["subjects"].([]any)
	for _, subject := range subjects {
		named, _ := subject.(map[string]any)["name"].(string)
		users = append(users, named)
	}
	return users
}

// certified is a mesh in which east has the key and the certificate of its first generation for west.
func certified(t *testing.T, from time.Time) *fixture {
	t.Helper()
	h := byCertificate(t)
	ws, _ := h.Open()
	request, _ := h.request(ws)
	h.West.Intercept(fakeapi.Signer(t, from, nil))
	if _, err := reader.Approve(t.Context(), h.approval(request)); err != nil {
		t.Fatal(h.Problems(err))
	}
	h.West.Intercept(nil)
	return h
}

// shows is a mesh whose clusters have what it says: east shows that certificate, which has not expired, to west.
func shows(t *testing.T) *fixture {
	t.Helper()
	h := certified(t, time.Now())
	h.rollOut("east", "west")
	return h
}

// certificateRotation is another run, in which west signs unless it refuses to.
func (h *fixture) certificateRotation(refuses error) reader.RotateInput {
	h.t.Helper()
	h.West.Intercept(fakeapi.Signer(h.t, time.Now(), refuses))
	in := h.rotation()
	in.Validity = 90 * 24 * time.Hour
	return in
}

// TestRotateCertificate: west binds the new user beside the old one before it signs, and binds it alone in the end; the
// files of the old generation go with its number.
func TestRotateCertificate(t *testing.T) {
	h := shows(t)
	if h.shownUser() != "mesh:east" || !slices.Equal(h.bound(), []string{"mesh:east"}) {
		t.Fatalf("east shows %q, west binds %q", h.shownUser(), h.bound())
	}
	in := h.certificateRotation(nil)
	if err := reader.Rotate(t.Context(), in); err != nil {
		t.Fatal(h.Problems(err))
	}
	if h.shownUser() != "mesh:east:2" || !slices.Equal(h.bound(), []string{"mesh:east:2"}) {
		t.Errorf("east shows %q, west binds %q", h.shownUser(), h.bound())
	}
	want := []string{
		"east: no istiod runs in namespace istio-system",
		"begin: east reads west with generations 1 and 2",
		"west: its reader accounts exist",
		"verify: west accepts mesh:east:2 with generation 2",
		"east: its remote secret contains generation 2",
		"verify: west accepts mesh:east:2 with generation 2",
		"drop: east reads west with generation 2 only",
		"east-west is rotated: generation 2",
		"render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml",
	}
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	var files []string
	for name := range h.Files() {
		if strings.HasPrefix(name, "credentials/west/") {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	if diff := cmp.Diff([]string{"credentials/west/east/client-2.crt", "credentials/west/east/client-2.key"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestRotateCertificateStops where west does not approve: both users are bound, the old certificate goes on, and the key
// that was made is the one that the next run has signed.
func TestRotateCertificateStops(t *testing.T) {
	h := shows(t)
	forbidden := apierrors.NewForbidden(certificatesv1.Resource("certificatesigningrequests"), "x", errors.New("no"))
	said := h.Problems(reader.Rotate(t.Context(), h.certificateRotation(forbidden)))
	if len(said) != 1 || !strings.HasPrefix(said[0], `the request was created, but not approved: certificatesigningrequests.certificates.k8s.io "x" is forbidden: no | `+
		"have it approved: kubectl --kubeconfig=CONFIG --context=prod-west certificate approve mesh-east-west-") ||
		!strings.HasSuffix(said[0], "-7776000s | the old credential is unchanged; to continue: "+rotate+" --apply") {
		t.Errorf("said %q", said)
	}
	if h.shownUser() != "mesh:east" || !slices.Equal(h.bound(), []string{"mesh:east", "mesh:east:2"}) {
		t.Errorf("east shows %q, west binds %q", h.shownUser(), h.bound())
	}
	key := h.Files()["credentials/west/east/client-2.key"]
	if err := reader.Rotate(t.Context(), h.certificateRotation(nil)); err != nil {
		t.Fatal(h.Problems(err))
	}
	if h.shownUser() != "mesh:east:2" || key == "" || h.Files()["credentials/west/east/client-2.key"] != key {
		t.Errorf("east shows %q; a second key was made: %t", h.shownUser(), h.Files()["credentials/west/east/client-2.key"] != key)
	}
}

// TestRotateCertificateResumes: whichever change fails, the certificate that east shows is bound in west, and the same
// command finishes the work without a third generation.
func TestRotateCertificateResumes(t *testing.T) {
	for _, fails := range []struct {
		request string
		nth     int
	}{
		{"west: apply clusterrolebindings mesh-reader-east", 1},
		{"west: create certificatesigningrequests", 1},
		{"east: apply secrets istio-system/istio-remote-secret-west", 1},
		{"west: apply clusterrolebindings mesh-reader-east", 2}, // that of the new user alone
	} {
		h := shows(t)
		in, signer, count := h.certificateRotation(nil), fakeapi.Signer(t, time.Now(), nil), 0
		fail := func(cluster string) func(fakeapi.Request) any {
			return func(request fakeapi.Request) any {
				if cluster+": "+request.String() == fails.request {
					if count++; count == fails.nth {
						return apierrors.NewInternalError(errors.New("etcd is gone"))
					}
				}
				if cluster == "west" {
					return signer(request)
				}
				return nil
			}
		}
		h.East.Intercept(fail("east"))
		h.West.Intercept(fail("west"))
		err := reader.Rotate(t.Context(), in)
		if err == nil || !slices.Contains(h.bound(), h.shownUser()) {
			t.Errorf("%v: said %q; east shows %q, west binds %q", fails, h.Problems(err), h.shownUser(), h.bound())
		}
		h.East.Intercept(nil)
		if err := reader.Rotate(t.Context(), h.certificateRotation(nil)); err != nil {
			t.Errorf("%v: the second run: %q", fails, h.Problems(err))
		}
		if h.shownUser() != "mesh:east:2" || !slices.Equal(h.bound(), []string{"mesh:east:2"}) || !slices.Equal(h.counting(), []int32{2}) {
			t.Errorf("%v: in the end east shows %q, west binds %q, recorded is %v", fails, h.shownUser(), h.bound(), h.counting())
		}
	}
}
