module heapls.dev/teaching

go 1.21
