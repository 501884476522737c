package p

// rewrite: builder
func commas(xs []string) string {
	s := ""
	for _, x := range xs {
		s += x + ","
	}
	return s
}

// rewrite: builder
func grid(n int) (int, string) {
	text := "grid:\n"
	for range n {
		for i := range n {
			if i == 3 {
				continue
			}
			text += "x"
		}
		text += "\n"
	}
	return len(text), text
}

// no fix: the loop asks for it
func Wraps2(xs []string) string {
	s := ""
	for _, x := range xs {
		s += x
		if len(s) > 80 {
			break
		}
	}
	return s
}

// no fix: what follows is left out
func Leaves(xs [][]string) string {
	s := ""
outer:
	for _, ys := range xs {
		println(s)
		for _, x := range ys {
			if x == "" {
				continue outer
			}
			s += x
		}
	}
	return s
}

// no fix: a literal sees it
func Seen(xs []string) string {
	s := ""
	defer func() { println(s) }()
	for _, x := range xs {
		s += x
	}
	return s
}
