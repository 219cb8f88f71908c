package render

func (c compiler) sample() []Manifest { return nil }
