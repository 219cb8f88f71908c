package mesh

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

// readAuthorities replaces the paths of certificate authorities with the content of the files, and all certificates
// with their encoded form. Validate reports a path together with data.
func readAuthorities(mesh *v1alpha1.Mesh, files fs.FS) []Problem {
	var wrong []v1alpha1.Problem
	inline, known := inlineAuthorities(mesh), map[string]authority{}
	for i := range mesh.Spec.Clusters {
		api := &mesh.Spec.Clusters[i].API
		file, data := api.CertificateAuthority, api.CertificateAuthorityData
		if (file == "") == (len(data) == 0) {
			continue
		}
		found, read := known[file]
		switch {
		case file == "":
			found = inline[i]
		case !read:
			found = readAuthority(files, file)
		}
		path := field.NewPath("spec", "clusters").Index(i).Child("api")
		switch {
		case found.err == nil:
			api.CertificateAuthority, api.CertificateAuthorityData = "", found.certificates
		case file == "":
			wrong = append(wrong, found.problem(path.Child("certificateAuthorityData"), field.OmitValueType{}))
		default:
			wrong = append(wrong, found.problem(path.Child("certificateAuthority"), file))
		}
		if file != "" {
			known[file] = found
		}
	}
	return structural(wrong...)
}

// authority is the content of a file or field: certificates, or the problem and its remedy.
type authority struct {
	certificates []byte
	err          error
	remedy       string
}

// problem is the problem of the field that names the file or contains the data.
func (a authority) problem(path *field.Path, value any) v1alpha1.Problem {
	return v1alpha1.Problem{Error: field.Invalid(path, value, a.err.Error()), Remedy: a.remedy}
}

// inlineAuthorities are the certificate authorities of clusters without a file, by index. Parsing them takes much of
// the time for a large mesh, so it uses all processors.
func inlineAuthorities(mesh *v1alpha1.Mesh) []authority {
	inline := make([]authority, len(mesh.Spec.Clusters))
	parallel.Each(len(inline), func(i int) {
		api := mesh.Spec.Clusters[i].API
		if api.CertificateAuthority == "" && len(api.CertificateAuthorityData) > 0 {
			inline[i] = authorityIn(api.CertificateAuthorityData)
		}
	})
	return inline
}

func readAuthority(files fs.FS, file string) authority {
	text, err := readInside(files, file)
	if err != nil {
		return authority{
			err:    err,
			remedy: "set the path of a PEM file in the directory of mesh.yaml, such as clusters/east-api.crt",
		}
	}
	return authorityIn(text)
}

// authorityIn parses a text.
func authorityIn(text []byte) authority {
	certificates, err := Certificates(text)
	return authority{
		certificates: certificates,
		err:          err,
		remedy:       remedyOf(err, "add only the CERTIFICATE blocks of the API server's CA"),
	}
}

// remedyOf returns the remedy for a recognized file, or else another one.
func remedyOf(err error, otherwise string) string {
	if named, ok := errors.AsType[*pemfile.Error](err); ok {
		return named.Remedy()
	}
	return otherwise
}

func readInside(files fs.FS, path string) ([]byte, error) {
	if files == nil || !fs.ValidPath(path) {
		return nil, errors.New("must be a relative path in the directory of mesh.yaml, with slashes and without '..'")
	}
	text, err := readFile(files, path)
	if err != nil {
		return nil, fmt.Errorf("read file: %s", reason(err))
	}
	return text, nil
}

// Certificates returns the certificates of a PEM text in their encoded form: no headers and no text between the
// blocks, so that nothing else gets into a kubeconfig. It rejects a text with a private key, which must not be in a
// reviewed file, and a text with a damaged block, which would be missing later. Other formats are named
// (pemfile.Error), with a remedy. Errors never contain the text.
func Certificates(text []byte) ([]byte, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("must not be larger than %d MiB", MaxSize>>20)
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	blocks, err := pemfile.Blocks(text, pemfile.Certificates)
	if err != nil {
		return nil, fmt.Errorf("must contain only PEM certificates: %w", err)
	}
	if len(blocks) == 0 {
		return nil, errors.New("must contain a PEM certificate")
	}
	var encoded bytes.Buffer
	encoded.Grow(len(text)) // it becomes no longer, but for its line breaks
	for i, block := range blocks {
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("must contain certificates: block %d cannot be parsed", i+1)
		}
		if err := pem.Encode(&encoded, &pem.Block{Type: block.Type, Bytes: block.Bytes}); err != nil {
			return nil, fmt.Errorf("encode certificate %d: %w", i+1, err)
		}
	}
	return encoded.Bytes(), nil
}
