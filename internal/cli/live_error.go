package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// explain adds the remedy to an error of a cluster that was asked through a context.
func (f *liveFlags) explain(err error, context string) error {
	kubectl := f.kubectl(context)
	var certificate *tls.CertificateVerificationError
	hint := "this has to work first: " + kubectl + " version"
	switch {
	case errors.As(err, &certificate):
		hint = fmt.Sprintf("the certificate authority of context %q is not that of this server: take it anew from the owner of the cluster; "+
			"kubectl config set-cluster NAME --certificate-authority=FILE --embed-certs=true", context)
	case apierrors.IsUnauthorized(err):
		hint = "log in again, until this works: " + kubectl + " auth whoami"
	case apierrors.IsForbidden(err):
		hint = "ask the owner of the cluster for that right; who you are there: " + kubectl + " auth whoami"
	}
	return withHint(oneParagraph{err}, hint)
}

// oneParagraph is an error on one line: what others wrote must not pass for lines of ours.
type oneParagraph struct{ error }

func (e oneParagraph) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }

func (e oneParagraph) Unwrap() error { return e.error }
