"""Work at the pages as people do it: a real Chromium, the whole product behind it."""
