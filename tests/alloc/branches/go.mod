module branches

go 1.26
