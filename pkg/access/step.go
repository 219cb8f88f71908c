package access

// Step is one of the steps by which a credential gets to its consumer. They are the same for all kinds: a kind lists
// those that it needs.
type Step string

// The steps.
const (
	// StepApplyTarget lets the target know the generation, beside the one before.
	StepApplyTarget Step = "applyTarget"
	// StepFetchToken fetches the token that the API server of the target has put into a Secret.
	StepFetchToken Step = "fetchToken"
	// StepSignCertificate makes a key, and has the target sign the certificate for it.
	StepSignCertificate Step = "signCertificate"
	// StepApplySecret applies the remote secret, with the credential.
	StepApplySecret Step = "applySecret"
	// StepApplyPublic applies what the consumer has for this access and that holds no secret.
	StepApplyPublic Step = "applyPublic"
	// StepFillStore is for the owner of a secret store, who puts the token there.
	StepFillStore Step = "fillStore"
)
