#!/bin/sh
# A text is enough: the route without /v1 takes one, and the query names the model.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/chat/completions?model=gpt-4o-mini&temperature=0.2" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" \
  -H 'content-type: text/plain' --data-binary 'Hello!'
