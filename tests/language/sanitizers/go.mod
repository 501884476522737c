module p

go 1.26
