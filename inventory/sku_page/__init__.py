"""One SKU in one warehouse: what is there and free, why it changed, what stands for it, and counting it."""
