package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// keepPrivate writes a file into credentials/, which git must ignore and others must not write to.
func (ws *workspace) keepPrivate(name string, content []byte) error {
	if err := ws.fitForKeys(); err != nil {
		return err
	}
	return output.WriteFile(ws.path(name), content, output.FileOptions{Mode: 0o600, Force: true})
}

// fitForKeys refuses a folder of credentials that is no place for a key.
func (ws *workspace) fitForKeys() error {
	if err := output.EnsureIgnored(ws.path(credentialsFolder)); err != nil {
		return err
	}
	return checkTracked(context.Background(), ws.folder)
}

// readClientCertificates reads the client certificates that the overlays of these consumers need.
// A missing one is an error that says how to get it; all of them are reported together.
func (ws *workspace) readClientCertificates(consumers []string) (map[render.Reading]kubeconfig.ClientCertificate, error) {
	certificates := map[render.Reading]kubeconfig.ClientCertificate{}
	var missing []mesh.Problem
	for _, consumer := range consumers {
		for _, reading := range render.CertificateReadings(ws.graph, consumer) {
			certificate, err := ws.readClientCertificate(reading)
			if err != nil {
				missing = append(missing, ws.noCertificate(reading, err))
				continue
			}
			certificates[reading] = certificate
		}
	}
	if len(missing) > 0 {
		return nil, &problemsError{"credentials", missing, "correct these first"}
	}
	return certificates, nil
}

// readClientCertificate reads the newest that is there: until the certificate of a new key has come,
// a control plane goes on with the one before.
func (ws *workspace) readClientCertificate(reading render.Reading) (kubeconfig.ClientCertificate, error) {
	target, _ := ws.graph.Cluster(reading.Target)
	var missing error
	for _, generation := range slices.Backward(target.GenerationsOf(reading.Consumer)) {
		certificate, err := ws.readClientGeneration(reading, generation)
		if !errors.Is(err, fs.ErrNotExist) {
			return certificate, err
		}
		missing = cmp.Or(missing, err)
	}
	return kubeconfig.ClientCertificate{}, cmp.Or(missing, fs.ErrNotExist) // who is cut off has none
}

func (ws *workspace) readClientGeneration(reading render.Reading, generation int32) (kubeconfig.ClientCertificate, error) {
	key, err := ws.readFile(reading.ClientKeyFile(generation))
	if err != nil {
		return kubeconfig.ClientCertificate{}, err
	}
	text, err := ws.readFile(reading.ClientCertificateFile(generation))
	if err != nil {
		return kubeconfig.ClientCertificate{}, err
	}
	certificate, err := kubeconfig.ParseClientCertificate(text, key)
	if err == nil && certificate.User() != render.ReaderUser(reading.Consumer, generation) {
		err = fmt.Errorf("it is of %q, not of %q", certificate.User(), render.ReaderUser(reading.Consumer, generation))
	}
	return certificate, err
}

func (ws *workspace) noCertificate(reading render.Reading, err error) mesh.Problem {
	message := fmt.Sprintf("%s has no client certificate to read %s", reading.Consumer, reading.Target)
	hint := ws.requestCommand(reading)
	target, _ := ws.graph.Cluster(reading.Target)
	file := reading.ClientCertificateFile(render.Generation(target, reading.Consumer))
	if at, ok := errors.AsType[*fs.PathError](err); ok && at.Path == file && errors.Is(err, fs.ErrNotExist) {
		hint = "have the request approved where " + reading.Target + " is: kubectl mesh credentials approve --help"
	} else if !errors.Is(err, fs.ErrNotExist) {
		message = fmt.Sprintf("the client certificate with which %s reads %s cannot be used: %s", reading.Consumer, reading.Target, oneLine(quotePath(err).Error()))
	}
	return mesh.Problem{Severity: mesh.SeverityError, Clusters: []string{reading.Target, reading.Consumer},
		File: ws.path(file), Message: message, Hint: hint}
}
