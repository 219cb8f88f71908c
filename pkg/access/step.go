package access

// Step is a step of delivering a credential to its consumer. All kinds share the steps; a kind lists those that it
// needs.
type Step string

// Steps.
const (
	// StepApplyTarget adds the generation to the target, next to the previous one.
	StepApplyTarget Step = "applyTarget"
	// StepFetchToken fetches the token that the target's API server stored in a Secret.
	StepFetchToken Step = "fetchToken"
	// StepSignCertificate creates a key and has the target sign its certificate.
	StepSignCertificate Step = "signCertificate"
	// StepApplySecret applies the remote secret with the credential.
	StepApplySecret Step = "applySecret"
	// StepApplyPublic applies the consumer's objects for this access that contain no secret.
	StepApplyPublic Step = "applyPublic"
	// StepFillStore is performed by the owner of a secret store, who adds the token.
	StepFillStore Step = "fillStore"
)
