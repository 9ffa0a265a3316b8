#!/bin/sh
# Both at once.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/chat/completions" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -H 'x-mask-pii-before-llm: 1' -H 'x-mask-pii-in-logs: 1' \
  -d '{
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Write to jane.doe@example.com or call (555) 123-4567."}]
  }'
