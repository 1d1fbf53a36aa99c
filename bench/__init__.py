"""What the product costs beside the engine it runs on, measured on the real parts. `script/bench --help`."""
