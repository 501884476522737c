module heapls.test/oracle

go 1.24
