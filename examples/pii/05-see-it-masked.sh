#!/bin/sh
# What a text looks like without its private data, and how much of it there was.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/tools/call" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"tool": "pii_mask", "parameters": {"text": "Write to jane.doe@example.com or call (555) 123-4567."}}'
