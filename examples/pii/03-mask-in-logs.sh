#!/bin/sh
# Tags, names and messages are masked in the log. Prompts and answers are never in it.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/chat/completions" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -H 'x-mask-pii-in-logs: 1' \
  -d '{
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Write to jane.doe@example.com or call (555) 123-4567."}],
    "tags": ["for jane.doe@example.com"]
  }'
