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

// readAuthorities replaces every path of a certificate authority by what the file holds,
// and all of them by their encoded form. Where both path and data are given, Validate says so.
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

// authority is what a file or a field holds: certificates, or what is wrong and the remedy.
type authority struct {
	certificates []byte
	err          error
	remedy       string
}

// problem is what is wrong, of the field that names the file or holds the data.
func (a authority) problem(path *field.Path, value any) v1alpha1.Problem {
	return v1alpha1.Problem{Error: field.Invalid(path, value, a.err.Error()), Remedy: a.remedy}
}

// inlineAuthorities are those of the clusters that have no file, by index. To parse them is much of what reading a
// large mesh takes, and all processors do it.
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

// authorityIn is what a text holds.
func authorityIn(text []byte) authority {
	certificates, err := Certificates(text)
	return authority{
		certificates: certificates,
		err:          err,
		remedy:       remedyOf(err, "add only the CERTIFICATE blocks of the API server's CA"),
	}
}

// remedyOf is the remedy for a file that could be named, or else another.
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

// Certificates returns the certificates of a PEM text in their encoded form: no headers, no
// text between the blocks, so that nothing but certificates gets into a kubeconfig. A text
// with a private key is refused: a file that somebody reviews is the wrong place for one; and
// so is a text with a damaged block, which would be missing later. What else the text is, it is
// named by (pemfile.Error), with its remedy. Its errors never show what the text holds.
func Certificates(text []byte) ([]byte, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("must not be larger than %d MiB", MaxSize>>20)
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if err := pemfile.Check(text, pemfile.Certificates); err != nil {
		return nil, fmt.Errorf("must contain only PEM certificates: %w", err)
	}
	var encoded bytes.Buffer
	for count := 1; ; count++ {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("must contain certificates: block %d cannot be parsed", count)
		}
		if err := pem.Encode(&encoded, &pem.Block{Type: block.Type, Bytes: block.Bytes}); err != nil {
			return nil, fmt.Errorf("encode certificate %d: %w", count, err)
		}
		text = rest
	}
	if encoded.Len() == 0 {
		return nil, errors.New("must contain a PEM certificate")
	}
	return encoded.Bytes(), nil
}
