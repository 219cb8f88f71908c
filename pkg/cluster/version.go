package cluster

import (
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/version"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// version reads the version of the API server. Every cluster tells it to everybody, so a
// failure is an error.
func (r *reader) version() error {
	text, err := r.raw("/version")
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	var info version.Info
	if err := strict.JSON(text, &info, strict.AllowUnknownFields); err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if info.GitVersion == "" {
		return errors.New("read version: the server does not say it: is it the API server of a cluster?")
	}
	r.facts.KubernetesVersion = info.GitVersion
	return nil
}

// maxRaw bounds an answer that is no object, in bytes: what an API server says of itself takes a few thousand.
const maxRaw = 1 << 20

// raw reads a path that is no object. The methods of client-go's discovery take no context, and read
// without bound.
func (r *reader) raw(path string) ([]byte, error) {
	body, err := r.kube.Discovery().RESTClient().Get().AbsPath(path).Stream(r.ctx)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxRaw+1))
	if err == nil && len(text) > maxRaw {
		err = fmt.Errorf("the answer to %s is larger than %d MiB", path, maxRaw>>20)
	}
	return text, err
}
