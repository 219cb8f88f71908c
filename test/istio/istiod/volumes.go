package istiod

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	authv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// tokensOfPeers is where a pod of istiod has the tokens with which it reads clusters that trust its issuer.
const tokensOfPeers = "/var/run/secrets/mesh"

// MayMount reports whether this user may give a program mounts of its own.
func MayMount() bool {
	return exec.CommandContext(context.Background(), "unshare", "--mount", "true").Run() == nil
}

// mountTokens lays the projected tokens for peers into a directory that takes the place of /run, and returns it; empty
// where the pod has none.
func (i *Istiod) mountTokens(ctx context.Context, r *replica) (string, error) {
	spec := i.deployment.Spec.Template.Spec
	volumes := map[string]*corev1.ProjectedVolumeSource{}
	for _, volume := range spec.Volumes {
		volumes[volume.Name] = volume.Projected
	}
	run := ""
	for _, mount := range spec.Containers[0].VolumeMounts {
		if volume := volumes[mount.Name]; volume != nil && strings.HasPrefix(mount.MountPath, tokensOfPeers) {
			run = filepath.Join(r.dir, "run")
			dir := filepath.Join(run, strings.TrimPrefix(path.Clean(mount.MountPath), "/var/run/"))
			if err := i.projectTokens(ctx, dir, volume); err != nil {
				return "", err
			}
		}
	}
	return run, nil
}

func (i *Istiod) projectTokens(ctx context.Context, dir string, volume *corev1.ProjectedVolumeSource) error {
	client, err := kubernetes.NewForConfig(i.Cluster.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", i.Cluster.Name, err)
	}
	account := i.deployment.Spec.Template.Spec.ServiceAccountName
	for _, source := range volume.Sources {
		if source.ServiceAccountToken == nil {
			continue
		}
		token, err := client.CoreV1().ServiceAccounts(i.deployment.Namespace).CreateToken(ctx, account, &authv1.TokenRequest{
			Spec: authv1.TokenRequestSpec{
				Audiences:         []string{source.ServiceAccountToken.Audience},
				ExpirationSeconds: source.ServiceAccountToken.ExpirationSeconds,
			},
		}, metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("ask %s for a token of %s: %w", i.Cluster.Name, account, err)
		}
		file := filepath.Join(dir, filepath.FromSlash(source.ServiceAccountToken.Path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("make a volume: %w", err)
		}
		if err := os.WriteFile(file, []byte(token.Status.Token), 0o600); err != nil {
			return fmt.Errorf("fill a volume: %w", err)
		}
	}
	return nil
}

// mounted is a command that runs in a mount namespace where directories and files of the test are at absolute paths of
// a pod: run at /run, and a resolv.conf that names one server. Without either it is the command itself.
func mounted(run, resolver string, command ...string) []string {
	script, places := "", []string{}
	if run != "" {
		script, places = script+`mount --bind "$1" /run; shift; `, append(places, run)
	}
	if resolver != "" {
		script, places = script+`mount --bind "$1" /etc/resolv.conf; shift; `, append(places, resolver)
	}
	if script == "" {
		return command
	}
	wrapped := append([]string{"unshare", "--mount", "sh", "-euc", script + `exec "$@"`, "istiod"}, places...)
	return append(wrapped, command...)
}
