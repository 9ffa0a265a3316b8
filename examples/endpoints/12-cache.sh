#!/bin/sh
# How the cache does, and forgetting what one model was asked. This takes an admin’s key.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/cache/stats" -H "authorization: Bearer $SYNTHLANG_API_KEY"
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/cache/clear" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"model": "gpt-4o-mini"}'
