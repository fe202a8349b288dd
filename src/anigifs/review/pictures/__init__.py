"""GIFs as a browser can step through them."""
