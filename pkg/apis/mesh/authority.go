package mesh

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// readAuthorities replaces every path of a certificate authority by what the file holds,
// and all of them by their plain form.
func readAuthorities(mesh *v1alpha1.Mesh, files fs.FS) []Problem {
	var errs field.ErrorList
	for i := range mesh.Spec.Clusters {
		api := &mesh.Spec.Clusters[i].API
		path := field.NewPath("spec", "clusters").Index(i).Child("api")
		if api.CertificateAuthority == "" && len(api.CertificateAuthorityData) == 0 {
			continue
		}
		if api.CertificateAuthority != "" && len(api.CertificateAuthorityData) > 0 {
			continue // Validate says so
		}
		at, text := path.Child("certificateAuthorityData"), api.CertificateAuthorityData
		if api.CertificateAuthority != "" {
			at = path.Child("certificateAuthority")
			read, err := readAuthority(files, api.CertificateAuthority)
			if err != nil {
				errs = append(errs, field.Invalid(at, api.CertificateAuthority, err.Error()+
					"\nhint: write the path of a PEM file inside the folder of mesh.yaml, such as clusters/"+mesh.Spec.Clusters[i].Name+"-api.crt"))
				continue
			}
			text = read
		}
		certificates, err := Certificates(text)
		if err != nil {
			errs = append(errs, field.Invalid(at, field.OmitValueType{}, err.Error()+
				"\nhint: put in the CERTIFICATE blocks that sign the API server, and nothing else"))
			continue
		}
		api.CertificateAuthority, api.CertificateAuthorityData = "", certificates
	}
	return fromFieldErrors(errs)
}

func readAuthority(files fs.FS, path string) ([]byte, error) {
	if files == nil || !fs.ValidPath(path) {
		return nil, errors.New("must be a relative path inside the folder of mesh.yaml, with slashes and without '..'")
	}
	text, err := readFile(files, path)
	if err != nil {
		return nil, fmt.Errorf("read file: %s", reason(err))
	}
	return text, nil
}

// Certificates returns the certificates of a PEM text in their plain form: no headers, no
// text between the blocks, so that nothing but certificates gets into a kubeconfig. A text
// with a private key is refused: a file that somebody reviews is the wrong place for one.
// Its errors never show what the text holds.
func Certificates(text []byte) ([]byte, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("must not be larger than %d MiB", MaxSize>>20)
	}
	var plain bytes.Buffer
	for count := 1; ; count++ {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("must hold certificates only: block %d is another kind of PEM", count)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("must hold certificates: block %d cannot be parsed", count)
		}
		if err := pem.Encode(&plain, &pem.Block{Type: block.Type, Bytes: block.Bytes}); err != nil {
			return nil, fmt.Errorf("encode certificate %d: %w", count, err)
		}
		text = rest
	}
	if plain.Len() == 0 {
		return nil, errors.New("must hold a certificate in PEM form")
	}
	return plain.Bytes(), nil
}
