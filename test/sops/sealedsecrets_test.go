package sops_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	sealedsecrets "github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"
)

// controller is the key of a controller and its certificate.
type controller struct {
	key         *rsa.PrivateKey
	certificate []byte
	pin         string
}

func newController(t *testing.T) controller {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return controller{key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), fmt.Sprintf("%x", sha256.Sum256(der))}
}

// unseal is what the controller does with an object.
func (c controller) unseal(t *testing.T, text []byte, rename func(*sealedsecrets.SealedSecret)) (map[string]string, error) {
	t.Helper()
	var sealed sealedsecrets.SealedSecret
	if err := yaml.UnmarshalStrict(text, &sealed); err != nil {
		t.Fatal(err)
	}
	rename(&sealed)
	secret, err := sealed.Unseal(serializer.NewCodecFactory(runtime.NewScheme()), map[string]*rsa.PrivateKey{"": c.key})
	if err != nil {
		return nil, err
	}
	if strings.Contains(secret.Name, "remote") && (secret.Labels["istio/multiCluster"] != "true" || secret.Annotations["networking.istio.io/cluster"] != "west") {
		t.Errorf("istiod would not find Secret %s: labels %v, annotations %v", secret.Name, secret.Labels, secret.Annotations)
	}
	plain := map[string]string{}
	for name, value := range secret.Data {
		plain[name] = string(value)
	}
	return plain, nil
}

// The controller's own code opens what was sealed, under its own namespace and name only.
func TestControllerOpensUnderItsOwnNameOnly(t *testing.T) {
	c := newController(t)
	w := newWorkspace(t, "  sealing: {format: sealedSecrets, sealedSecrets: {certificate: controller.crt, certificateSHA256: "+c.pin+"}}",
		map[string]string{"controller.crt": string(c.certificate)})
	w.mesh("seal")
	w.mesh("render", "--output-dir", "deploy")
	keep := func(*sealedsecrets.SealedSecret) {}
	for _, name := range []string{"remote-secret-west.yaml", "cacerts.yaml"} {
		sealed := w.read("sealed/east/" + name)
		plain, err := c.unseal(t, w.rendered("sealed/east/"+name), keep)
		if err != nil {
			t.Fatal(err)
		}
		text, err := yaml.Marshal(map[string]any{"metadata": map[string]any{"name": map[string]string{
			"remote-secret-west.yaml": "istio-remote-secret-west", "cacerts.yaml": "cacerts"}[name]}, "stringData": plain})
		if err != nil {
			t.Fatal(err)
		}
		w.checkSecret("sealed/east/"+name, text)
		for what, rename := range map[string]func(*sealedsecrets.SealedSecret){
			"name":      func(s *sealedsecrets.SealedSecret) { s.Name += "-other" },
			"namespace": func(s *sealedsecrets.SealedSecret) { s.Namespace = "default" },
			"scope": func(s *sealedsecrets.SealedSecret) {
				s.Annotations["sealedsecrets.bitnami.com/cluster-wide"] = "true"
			},
		} {
			if got, err := c.unseal(t, sealed, rename); err == nil {
				t.Errorf("%s opens under another %s: %d values", name, what, len(got))
			}
		}
		if _, err := newController(t).unseal(t, sealed, keep); err == nil {
			t.Errorf("another controller opens %s", name)
		}
		w.mesh("seal")
		if string(w.read("sealed/east/"+name)) != string(sealed) {
			t.Errorf("%s was sealed again, and nothing had changed", name)
		}
	}
	w.write("controller.key", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(c.key)})))
	if out := w.mesh("validate", "--identity", "controller.key"); !strings.HasSuffix(out, "4 sealed files verified against the annotations\n") {
		t.Errorf("validate says %s", out)
	}
}
