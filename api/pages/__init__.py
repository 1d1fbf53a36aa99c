"""Pages for people: server-rendered, German, without script. Each form carries a token that only its session knows."""
