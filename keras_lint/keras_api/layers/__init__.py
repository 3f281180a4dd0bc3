"""One entry per layer, in modules by topic; importing this package registers all of them."""
