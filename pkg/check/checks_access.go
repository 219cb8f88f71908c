package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

func serverTrusted() Check {
	return Check{ID: "CHECK015", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK013",
		Title: "The server of the remote kubeconfig answers, and its certificate is of its certificate authority",
		Why: "Istiod calls this address and trusts no other authority. A server whose certificate it cannot verify stays in timeout. One that " +
			"does not answer here is unknown: it may answer in the network of the control plane.",
		Remedy: "Correct api.server, api.certificateAuthority or, for a certificate of another name, api.tlsServerName of the peer in mesh.yaml, and apply again.",
		run: func(s subject) []outcome {
			answer, tried := s.facts.Access[s.peer.Name]
			server := s.peer.API.Server
			switch {
			case !tried && s.kind().Traits().Form == access.FormPublic:
				return s.readByIstiodAlone()
			case !tried:
				return unknown("it was not tried: it leads elsewhere than mesh.yaml says", "")
			case answer.Verdict == cluster.VerdictUnreachable:
				return unknown(fmt.Sprintf("%s does not answer here: %s", server, answer.Why), "ask from where the control plane runs")
			case answer.Verdict == cluster.VerdictUntrusted:
				return s.untrusted(answer)
			case answer.Verdict == cluster.VerdictOdd:
				return bad(fmt.Sprintf("%s does not answer as an API server: %s", server, answer.Why), "correct api.server of "+s.peer.Name)
			}
			return ok()
		}}
}

// readByIstiodAlone: where no Secret holds the credential, nobody but istiod can try it. It says synced when it has
// listed every kind that it watches: the server answered, took the credential, and granted enough.
func (s subject) readByIstiodAlone() []outcome {
	only := "only the istiod of " + s.cluster.Name + " has the credential"
	if why := s.facts.Istiod.Clusters.Why; why != "" {
		return unknown(only+", and it could not be asked: "+why, "forward its port, and name it: --istiod-debug "+s.cluster.Name+"=http://127.0.0.1:15014")
	}
	for _, state := range s.facts.Istiod.Clusters.Value {
		if state.ID == s.peer.ID() && state.SyncStatus == endpoints.StatusSynced {
			return fine(only + ", and says that it has synced")
		}
	}
	return unknown(only+", and does not say that it has synced (CHECK021)", "")
}

// access is the access of the control plane to the peer.
func (s subject) access() access.RemoteAccess {
	return access.RemoteAccess{Mesh: s.Mesh.Metadata.Name, Consumer: s.cluster, Target: s.peer}
}

// kind is the kind of the credential with which the peer is read.
func (s subject) kind() access.Kind { return access.KindOf(s.peer) }

// untrusted says what is wrong with the certificate of the peer's server. Not always is it the authority.
func (s subject) untrusted(answer cluster.Access) []outcome {
	server := s.peer.API.Server
	switch answer.Fault.Kind {
	case cluster.FaultName:
		return bad(fmt.Sprintf("the certificate of %s is for another name: %s", server, answer.Why), nameHint(s.peer.Name, answer.Fault))
	case cluster.FaultAuthority, "":
		return bad(fmt.Sprintf("%s is not trusted with the certificate authority of the remote secret: %s", server, answer.Why),
			"correct api.certificateAuthority of "+s.peer.Name+", or when mesh.yaml is right: "+s.Commands.Apply+" --force-conflicts")
	default:
		return bad(fmt.Sprintf("the certificate of %s does not pass: %s", server, answer.Why), answer.Fault.Remedy())
	}
}

// nameHint says which name to expect of a server: the certificate authority is not what is wrong.
func nameHint(peer string, fault cluster.CertificateFault) string {
	names := strings.Join(fault.Names, ", ")
	if fault.ServerName() == "" {
		return fmt.Sprintf("write an address into api.server of %s that the certificate has: %s", peer, names)
	}
	return fmt.Sprintf("write api.tlsServerName: %s of %s, if that is the cluster, or an address that the certificate has: %s", fault.ServerName(), peer, names)
}

func tokenAccepted() Check {
	return Check{ID: "CHECK016", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK015",
		Title: "The server accepts the credential",
		Why: "A token ends with its Secret or its account, or when it expires. Istiod notices nothing of that: what it has read stays " +
			"synced, and grows old. Only a call with that credential finds it.",
		Remedy: "Apply again: kubectl mesh render --apply makes a missing token anew, and puts it into the remote secrets.",
		run: func(s subject) []outcome {
			access := s.facts.Access[s.peer.Name]
			if access.Verdict == cluster.VerdictRejected {
				return bad(fmt.Sprintf("%s rejects the credential: %s", s.peer.Name, access.Why), s.Commands.Apply)
			}
			return ok()
		}}
}

func rightCluster() Check {
	return Check{ID: "CHECK017", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK016",
		Title: "The remote kubeconfig leads to the cluster that it is named after",
		Why: "Behind a load balancer or after a rebuild, another cluster may answer at the same address. Then its endpoints count as those " +
			"of the peer. The UID that the credential finds there is compared with the one that is known.",
		Remedy: "Correct api.server of the peer, or record the new UID of a cluster that was made anew.",
		run: func(s subject) []outcome {
			found, want := s.facts.Access[s.peer.Name].UID, s.peer.UID
			if want == "" && s.peerFacts != nil {
				want = s.peerFacts.UID
			}
			switch {
			case found == "" || want == "":
				return nil
			case found != want:
				return bad(fmt.Sprintf("%s leads to a cluster with the UID %s, and %s is %s", s.peer.API.Server, found, s.peer.Name, want),
					"correct api.server of "+s.peer.Name+", or its uid when it was made anew")
			}
			return ok()
		}}
}

func tokenLife() Check {
	return Check{ID: "CHECK018", Severity: mesh.SeverityWarning, Scope: ScopeLink, After: "CHECK016",
		Title: "The credential does not end soon",
		Why: "Nobody renews a token or a client certificate in a remote secret by itself. The warning comes 14 days before its end or, where " +
			"credentials never live long, in the last third of its life. A token that says no end has none.",
		Remedy: "Have a new one made, and apply it: kubectl mesh credentials rotate; for a token that was requested kubectl mesh collect " +
			"--token=request, then kubectl mesh render --apply",
		run: func(s subject) []outcome {
			_, remote, _ := s.facts.find(s.peer.ID())
			if why := remote.Life.warning(s.Now); why != "" {
				if s.kind().Traits().Collected() {
					return bad(why, "kubectl mesh collect --token=request --cluster "+s.peer.Name+", then: "+s.Commands.Apply)
				}
				return bad(why, "kubectl mesh credentials rotate --link "+s.cluster.Name+":"+s.peer.Name)
			}
			return ok()
		}}
}

func rightsEnough() Check {
	return Check{ID: "CHECK019", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK016",
		Title: "The credential may read all that istiod watches",
		Why: "Istiod waits until it has listed every kind that it watches, Secrets included. One missing right, and the whole cluster stays in " +
			"timeout. The API server is asked for each of them, in the name of the credential.",
		Remedy: "Apply the readers of the peer again: kubectl mesh render --apply --cluster PEER --force-conflicts. The flag takes the rules of " +
			"a role back from the field manager that changed them.",
		run: func(s subject) []outcome {
			access := s.facts.Access[s.peer.Name]
			if access.Unasked != "" {
				return unknown("its rights could not be asked for: "+access.Unasked, "")
			}
			if len(access.Missing) == 0 {
				return ok()
			}
			var missing []string
			for _, right := range access.Missing {
				missing = append(missing, right.String())
			}
			// Rules are one field: whoever edited the role owns all of them, and an apply without the flag stops at the conflict.
			return bad(fmt.Sprintf("%s may not do this in %s: %s", who(access), s.peer.Name, abridged(missing)),
				s.Commands.Apply+" --cluster "+s.peer.Name+" --force-conflicts")
		}}
}

func who(access cluster.Access) string {
	if access.User == "" {
		return "the credential"
	}
	return access.User
}

func newestCredential() Check {
	return Check{ID: "CHECK031", Severity: mesh.SeverityWarning, Scope: ScopeLink, After: "CHECK013",
		Title: "The remote secret holds the newest generation of the credential",
		Why: "While a credential is changed two generations count. As long as a control plane uses the old one, that cannot end; and one that " +
			"does not count any more opens nothing.",
		Remedy: "Bring the new one there: kubectl mesh render --apply. Then let the old one go: kubectl mesh credentials rotate",
		run: func(s subject) []outcome {
			_, remote, _ := s.facts.find(s.peer.ID())
			if remote.Credential == "" {
				return nil // it does not tell: made by hand, or none at all
			}
			generation := s.access().Newest()
			want := s.access().Marker(generation)
			if want == "" {
				return nil
			}
			if remote.Credential != want {
				return bad(fmt.Sprintf("it is of %s, and generation %d is of %s", remote.Credential, generation, want), s.Commands.Apply)
			}
			return ok()
		}}
}
