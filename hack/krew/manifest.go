package main

import "sigs.k8s.io/yaml"

// manifest is what krew reads about a plugin, as far as we use it: a field that is not here is refused.
type manifest struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   metadata `json:"metadata"`
	Spec       spec     `json:"spec"`
}

type metadata struct {
	Name string `json:"name"`
}

type spec struct {
	Version          string     `json:"version"`
	Homepage         string     `json:"homepage"`
	ShortDescription string     `json:"shortDescription"`
	Description      string     `json:"description"`
	Caveats          string     `json:"caveats"`
	Platforms        []platform `json:"platforms"`
}

// platform says which archive serves an operating system and an architecture, and what to take out of it.
type platform struct {
	Selector selector        `json:"selector"`
	URI      string          `json:"uri"`
	SHA256   string          `json:"sha256"`
	Bin      string          `json:"bin"`
	Files    []fileOperation `json:"files"`
}

type selector struct {
	MatchLabels map[string]string `json:"matchLabels"`
}

// fileOperation moves a file of the archive into the plugin's directory; To "." keeps its name.
type fileOperation struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func decode(data []byte) (manifest, error) {
	var m manifest
	err := yaml.UnmarshalStrict(data, &m)
	return m, err
}
