package exchange

// Receipt is what one cluster runs, as its site saw it.
type Receipt struct {
	Cluster string `json:"cluster"`
}
