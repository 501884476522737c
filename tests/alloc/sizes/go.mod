module sizes

go 1.24
