package clusters

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// startEtcd starts the etcd that all clusters of a test share, each with its own prefix.
func startEtcd(ctx context.Context, path, dir, url string) (*process, error) {
	p, err := startProcess(dir, etcdName, path,
		"--data-dir="+dir+"/etcd",
		"--listen-client-urls="+url,
		"--advertise-client-urls="+url,
		"--listen-peer-urls=http://127.0.0.1:0", // it has no peers
		"--unsafe-no-fsync",                     // the data need not outlive the machine
		"--log-level=warn",
	)
	if err != nil {
		return nil, err
	}
	return p, await(ctx, p, func(ctx context.Context) error { return healthy(ctx, url+"/health") })
}

func healthy(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("ask %s: %s: %s", url, response.Status, body)
	}
	return nil
}
