#!/bin/sh
# The gateway’s own tools, and a call of two of them.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/tools" -H "authorization: Bearer $SYNTHLANG_API_KEY"
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/tools/call" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"tool": "calculator", "parameters": {"expression": "2+2*5"}}'
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/tools/call" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"tool": "weather", "parameters": {"location": "New York"}}'
