#!/bin/sh
# The same gateway in Anthropic’s API.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/messages" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"model": "gpt-4o-mini", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello!"}]}'
