#!/bin/sh
# A text completion, as programs of earlier days ask for it.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/completions" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"model": "gpt-3.5-turbo-instruct", "prompt": "Say hello.", "temperature": 0.7, "max_tokens": 50}'
